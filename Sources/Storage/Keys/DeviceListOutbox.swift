public import Database
public import MatrixModel

/// Updates of device lists on their way to other servers: which devices, not what of them, so that several changes go out as one.
public struct DeviceListOutbox {
    private let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    /// One update that a server is to get.
    public struct Entry: Sendable, Hashable {
        public let user: UserID
        /// The device, or `DeviceListStore.signingKeys`.
        public let device: String
        public let stream: Position
    }

    /// The first updates for a server, by stream number.
    public func entries(for server: ServerName, limit: Int) throws -> [Entry] {
        try transaction.map(
            """
            SELECT user_id, device_id, stream FROM device_list_outbox WHERE server = \(server)
            ORDER BY stream, user_id, device_id LIMIT \(limit)
            """
        ) { Entry(user: try $0.user(0), device: $0.text(1), stream: $0.int(2)) }
    }

    /// The stream number of the last update of a user's device that a server got; nil where it got none.
    public func lastSent(of user: UserID, to server: ServerName) throws -> Position? {
        try transaction.first("SELECT device_stream FROM device_list_sent WHERE user_id = \(user) AND server = \(server)")?.optionalInt(0)
    }

    /// Notes that a server has an update; what changed since stays.
    public func acknowledge(_ entry: Entry, by server: ServerName) throws {
        try transaction.execute(
            """
            DELETE FROM device_list_outbox
            WHERE server = \(server) AND user_id = \(entry.user) AND device_id = \(entry.device) AND stream <= \(entry.stream)
            """)
        // Updates of cross-signing keys have no number on the wire, so none refers to them.
        let deviceStream = entry.device == DeviceListStore.signingKeys ? nil : entry.stream
        try transaction.execute(
            """
            INSERT INTO device_list_sent (user_id, server, stream, device_stream)
            VALUES (\(entry.user), \(server), \(entry.stream), \(deviceStream))
            ON CONFLICT (user_id, server) DO UPDATE SET stream = max(stream, excluded.stream),
                device_stream = coalesce(excluded.device_stream, device_stream)
            """)
    }

    /// The servers for which updates wait, in order.
    public func servers() throws -> [ServerName] {
        try transaction.map("SELECT DISTINCT server FROM device_list_outbox ORDER BY server") { try $0.server(0) }
    }

    /// The users of that server whose membership of a room changed after a position, in order of the changes.
    public func changedMembers(of server: ServerName, after: Position, through: Position) throws -> [(user: UserID, room: Int64)] {
        let suffix = ":\(server.description)"
        return try transaction.map(
            """
            SELECT s.state_key, e.room FROM events e JOIN slots s ON s.slot = e.slot
            WHERE e.position > \(after) AND e.position <= \(through) AND s.type = 'm.room.member'
            AND substr(s.state_key, length(s.state_key) - length(\(suffix)) + 1) = \(suffix) ORDER BY e.position
            """
        ) { (try $0.user(0), $0.int(1)) }
    }

    /// Sees that every server in a room knows all of a member's devices; gives the servers that are to be told, and the position taken.
    ///
    /// "when that user joins a room which contains servers which are not already receiving updates for that user's device list"
    public func introduce(_ user: UserID, to room: Int64) throws -> (servers: [ServerName], position: Position)? {
        let lists = DeviceListStore(transaction)
        let last = try lists.lastChange(of: user)
        guard last > 0 else { return nil }
        let servers = try transaction.map(
            """
            SELECT s.server FROM room_servers s
            LEFT JOIN device_list_sent d ON d.user_id = \(user) AND d.server = s.server
            WHERE s.room = \(room) AND s.members > 0 AND s.server <> \(user.server) AND coalesce(d.stream, 0) < \(last)
            AND NOT EXISTS (SELECT 1 FROM device_list_outbox o WHERE o.server = s.server AND o.user_id = \(user))
            ORDER BY s.server
            """
        ) { try $0.server(0) }
        var devices = try DeviceKeyStore(transaction).keyedDevices(of: user)
        if try SigningKeyStore(transaction).key(.master, of: user) != nil { devices.append(DeviceListStore.signingKeys) }
        guard !servers.isEmpty, !devices.isEmpty else { return nil }
        let first = try Positions.take(devices.count, transaction)
        for server in servers {
            for (index, device) in devices.enumerated() {
                try lists.enqueue(device, of: user, to: server, stream: first + Position(index))
            }
        }
        return (servers, first + Position(devices.count - 1))
    }
}
