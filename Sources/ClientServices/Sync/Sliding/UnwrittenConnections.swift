import HashTreeCollections
import MatrixAPI
import MatrixModel
import Storage
import Synchronization

/// A connection whose newest answer was given and is not written down yet, with what its rooms were told by its last two answers.
struct UnwrittenConnection: Sendable {
    var connection: SlidingConnection
    /// What the rooms were told up to the newest answer, and up to the one that it followed.
    var newest: SentState
    var previous: SentState

    /// What the rooms were told up to the answer of that serial; nil where it is none of the two.
    func sent(_ serial: Int64) -> SentState? {
        serial == connection.newest ? newest : serial == connection.previous ? previous : nil
    }
}

/// What rooms were told, and the states that were demanded, by number.
struct SentState: Sendable {
    var rooms: SentRoomsMap = [:]
    var demands: [Int: StateDemand] = [:]
}

/// Connections that are ahead of the database: an answer does not wait for its write, and whoever asks on finds here what is not written yet.
///
/// What a crash takes is a position that nobody knows any more, and its client begins anew; what the client has is told by positions of the
/// journal, which are durable. Numbers and serials come from here alone, so that none is given twice.
final class UnwrittenConnections: Sendable {
    /// One answer to be written.
    struct Step: Sendable {
        let connection: Int64
        /// The answer that it follows, and its own serial.
        let from: Int64
        let serial: Int64
        /// Whether answers that are not written are so many that this one has to wait for its write.
        let mustWait: Bool
    }

    private struct State {
        var connections: [Int64: UnwrittenConnection] = [:]
        var number: Int64 = 0
        var serial: Int64 = 0

        mutating func nextSerial(after serial: Int64, at now: Int) -> Int64 {
            self.serial = max(self.serial + 1, serial + 1, Int64(now))
            return self.serial
        }
    }

    private let state = Mutex(State())

    /// The connection where it is ahead of the database. Whoever reads the database besides must ask here first: what is written in between is
    /// found in one of both.
    func connection(_ number: Int64) -> UnwrittenConnection? { state.withLock { $0.connections[number] } }

    /// Whether the largest number that the database has is still to be learned.
    var needsLargest: Bool { state.withLock { $0.number == 0 } }

    /// A new connection with its first answer; `largest` is the largest number that the database
    /// had when it was last asked.
    func begin(_ query: SlidingQuery, _ answer: SentState, largest: Int64, at now: Int) -> Step {
        state.withLock { state in
            state.number = max(state.number, largest) + 1
            let start = state.nextSerial(after: 0, at: now)
            let connection = SlidingConnection(
                number: state.number, user: query.user, device: query.device, name: query.request.connection, newest: start, previous: nil, used: now)
            return UnwrittenConnections.put(answer, after: SentState(), from: start, of: connection, &state, at: now)
        }
    }

    /// The next answer of a connection, which follows what `sent` is; nil where other answers left that behind.
    func advance(_ sent: SentRooms, _ answer: SentState, at now: Int) -> Step? {
        state.withLock { state in
            let connection = state.connections[sent.connection.number]?.connection ?? sent.connection
            guard sent.serial == connection.newest || sent.serial == connection.previous else { return nil }
            return UnwrittenConnections.put(answer, after: sent.state, from: sent.serial, of: connection, &state, at: now)
        }
    }

    private static func put(
        _ answer: SentState, after previous: SentState, from: Int64, of connection: SlidingConnection, _ state: inout State, at now: Int
    ) -> Step {
        let serial = state.nextSerial(after: connection.newest, at: now)
        let mustWait = state.connections.count >= SlidingBounds.unwritten
        state.connections[connection.number] = UnwrittenConnection(
            connection: SlidingConnection(
                number: connection.number, user: connection.user, device: connection.device, name: connection.name, newest: serial, previous: from,
                used: now),
            newest: answer, previous: previous)
        return Step(connection: connection.number, from: from, serial: serial, mustWait: mustWait)
    }

    /// The answer is durable: from now on the database knows the connection, unless a newer answer waits.
    func written(_ step: Step) {
        state.withLock { state in
            if state.connections[step.connection]?.connection.newest == step.serial { state.connections[step.connection] = nil }
        }
    }

    /// The answer cannot be written: its position, and any that follows it, is unknown from now on.
    func lost(_ step: Step) {
        state.withLock { $0.connections[step.connection] = nil }
    }

    /// How many connections are ahead of the database.
    var count: Int { state.withLock { $0.connections.count } }
}
