public import Database
public import MatrixModel

/// Rooms that application services list for their networks, beside the public directory.
public struct NetworkRoomStore {
    private let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    /// Lists a room for a network of a service; one that is listed stays as it is.
    public func publish(_ room: RoomID, service: String, network: String, at now: Int) throws {
        try transaction.execute(
            """
            INSERT INTO network_rooms (service, network, room_id, published) VALUES (\(service), \(network), \(room), \(now))
            ON CONFLICT (service, network, room_id) DO NOTHING
            """)
    }

    /// Takes a room from a network's list.
    public func unpublish(_ room: RoomID, service: String, network: String) throws {
        try transaction.execute("DELETE FROM network_rooms WHERE service = \(service) AND network = \(network) AND room_id = \(room)")
    }

    /// The rooms of one network, in order of their identifiers.
    public func rooms(service: String, network: String) throws -> [RoomID] {
        try transaction.map("SELECT room_id FROM network_rooms WHERE service = \(service) AND network = \(network) ORDER BY room_id") {
            try $0.roomID(0)
        }
    }

    /// The rooms of all networks, in order of their identifiers.
    public func rooms() throws -> [RoomID] {
        try transaction.map("SELECT DISTINCT room_id FROM network_rooms ORDER BY room_id") { try $0.roomID(0) }
    }
}
