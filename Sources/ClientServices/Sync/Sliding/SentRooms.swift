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
    let rooms: SentRoomsMap
    /// By number.
    let demands: [Int: StateDemand]
}

/// Remembers the last answers of connections, so that not each request reads what thousands of rooms were told.
final class SentRoomsCache: Sendable {
    private struct Key: Hashable {
        let connection: Int64
        let serial: Int64
    }
    private struct State {
        let rooms: SentRoomsMap
        let demands: [Int: StateDemand]
    }
    private let states = Mutex(TwoGenerations<Key, State>(limit: SlidingBounds.cachedConnections))

    /// What the rooms of a connection were told up to the answer of that serial.
    func sent(_ connection: SlidingConnection, serial: Int64, _ transaction: Transaction) throws -> SentRooms {
        let key = Key(connection: connection.number, serial: serial)
        if let known = states.withLock({ $0.value(for: key) }) {
            return SentRooms(connection: connection, serial: serial, rooms: known.rooms, demands: known.demands)
        }
        let store = SlidingConnectionStore(transaction)
        var demands: [Int: StateDemand] = [:]
        for entry in try store.demands(connection.number) { demands[entry.number] = StateDemand(encoded: entry.state) }
        let rooms = try store.rooms(connection.number, through: serial)
        let sent = SentRooms(
            connection: connection, serial: serial, rooms: SentRoomsMap(uniqueKeysWithValues: rooms.map { ($0.room, $0) }), demands: demands)
        keep(sent.rooms, sent.demands, connection: connection.number, serial: serial)
        return sent
    }

    /// Keeps what is known after an answer.
    func keep(_ rooms: SentRoomsMap, _ demands: [Int: StateDemand], connection: Int64, serial: Int64) {
        states.withLock { $0.insert(State(rooms: rooms, demands: demands), for: Key(connection: connection, serial: serial)) }
    }
}
