import Database
import HashTreeCollections
import Storage
import Synchronization

/// What rooms were told, by number.
typealias SentRoomsMap = TreeDictionary<Int64, SlidingRoom>

/// What a connection's rooms were told up to one answer.
struct SentRooms: Sendable {
    let connection: SlidingConnection
    let serial: Int64
    let state: SentState

    var rooms: SentRoomsMap { state.rooms }
    /// By number.
    var demands: [Int: StateDemand] { state.demands }
}

/// Remembers the last answers of connections, so that not each request reads what thousands of rooms were told.
final class SentRoomsCache: Sendable {
    private struct Key: Hashable {
        let connection: Int64
        let serial: Int64
    }
    private let states = Mutex(TwoGenerations<Key, SentState>(limit: SlidingBounds.cachedConnections))

    /// What the rooms of a connection were told up to the answer of that serial.
    func sent(_ connection: SlidingConnection, serial: Int64, _ transaction: Transaction) throws -> SentRooms {
        let key = Key(connection: connection.number, serial: serial)
        if let known = states.withLock({ $0.value(for: key) }) { return SentRooms(connection: connection, serial: serial, state: known) }
        let store = SlidingConnectionStore(transaction)
        var state = SentState()
        for entry in try store.demands(connection.number) { state.demands[entry.number] = StateDemand(encoded: entry.state) }
        state.rooms = SentRoomsMap(uniqueKeysWithValues: try store.rooms(connection.number, through: serial).map { ($0.room, $0) })
        keep(state, connection: connection.number, serial: serial)
        return SentRooms(connection: connection, serial: serial, state: state)
    }

    /// Keeps what is known after an answer.
    func keep(_ state: SentState, connection: Int64, serial: Int64) {
        states.withLock { $0.insert(state, for: Key(connection: connection, serial: serial)) }
    }
}
