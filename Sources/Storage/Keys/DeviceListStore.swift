public import Database
public import MatrixModel

/// A change of a user's devices or cross-signing keys, and whom it concerns.
public struct DeviceListChange: Sendable {
    public let position: Position
    /// The users of this server who share a room with the user, and the user.
    public let watchers: Set<UserID>
    /// The other servers that share a room with the user.
    public let servers: [ServerName]
}

/// When users' devices last changed, and what other servers are still to be told of it.
public struct DeviceListStore {
    /// Stands for the cross-signing keys where a device is named; no device is called so.
    public static let signingKeys = ""

    private let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    /// Notes that devices of a local user changed; `signingKeys` among them stands for the cross-signing keys.
    ///
    /// With `isFederated` false only people on this server are told.
    public func note(_ devices: [String], of user: UserID, isFederated: Bool = true) throws -> DeviceListChange {
        let servers = isFederated ? try self.servers(sharingWith: user) : []
        // Each update that goes out has a stream number of its own.
        let first = try Positions.take(max(1, devices.count), transaction)
        let last = first + Position(max(1, devices.count) - 1)
        try noteChange(of: user, position: last)
        for (index, device) in devices.enumerated() {
            for server in servers { try enqueue(device, of: user, to: server, stream: first + Position(index)) }
        }
        return DeviceListChange(position: last, watchers: try watchers(of: user), servers: servers)
    }

    /// Notes that devices are about to be removed; nil where none of them has keys, so that nobody knows them.
    public func noteRemoval(of devices: [String], of user: UserID) throws -> DeviceListChange? {
        let keyed = try DeviceKeyStore(transaction).keyedDevices(of: user, among: devices)
        return keyed.isEmpty ? nil : try note(keyed, of: user)
    }

    /// Notes that a user's devices changed, local or not; syncs at `position`.
    public func noteChange(of user: UserID, position: Position) throws {
        try transaction.execute(
            """
            INSERT INTO device_list_changes (user_id, position) VALUES (\(user), \(position))
            ON CONFLICT (user_id) DO UPDATE SET position = max(position, excluded.position)
            """)
    }

    /// When a user's devices last changed; 0 where they never did.
    public func lastChange(of user: UserID) throws -> Position {
        try transaction.first("SELECT position FROM device_list_changes WHERE user_id = \(user)")?.int(0) ?? 0
    }

    /// The users who share a room with `viewer`, and the viewer, whose devices changed after a position; in order.
    public func changedUsers(seenBy viewer: UserID, after position: Position) throws -> [UserID] {
        try transaction.map(
            """
            SELECT c.user_id FROM device_list_changes c WHERE c.position > \(position) AND (
                c.user_id = \(viewer) OR EXISTS (
                    SELECT 1 FROM memberships theirs JOIN memberships own ON own.room = theirs.room
                    WHERE theirs.user_id = c.user_id AND theirs.membership = 'join'
                    AND own.user_id = \(viewer) AND own.membership = 'join'))
            ORDER BY c.user_id
            """
        ) { try $0.user(0) }
    }

    /// The users of that server who share a room with the user, and the user where of that server.
    ///
    /// `CROSS JOIN` has the user's rooms looked at first: without statistics the engine may begin with everybody's.
    public func watchers(of user: UserID, on server: ServerName) throws -> Set<UserID> {
        let suffix = ":\(server.description)"
        var watchers = Set(
            try transaction.map(
                """
                SELECT DISTINCT other.user_id FROM memberships own CROSS JOIN memberships other ON other.room = own.room
                WHERE own.user_id = \(user) AND own.membership = 'join' AND other.membership = 'join'
                AND substr(other.user_id, length(other.user_id) - length(\(suffix)) + 1) = \(suffix)
                """
            ) { try $0.user(0) })
        if user.server == server { watchers.insert(user) }
        return watchers
    }

    private func watchers(of user: UserID) throws -> Set<UserID> { try watchers(of: user, on: user.server) }

    private func servers(sharingWith user: UserID) throws -> [ServerName] {
        try transaction.map(
            """
            SELECT DISTINCT s.server FROM memberships m CROSS JOIN room_servers s ON s.room = m.room
            WHERE m.user_id = \(user) AND m.membership = 'join' AND s.members > 0 AND s.server <> \(user.server) ORDER BY s.server
            """
        ) { try $0.server(0) }
    }

    func enqueue(_ device: String, of user: UserID, to server: ServerName, stream: Position) throws {
        try transaction.execute(
            """
            INSERT INTO device_list_outbox (server, user_id, device_id, stream) VALUES (\(server), \(user), \(device), \(stream))
            ON CONFLICT (server, user_id, device_id) DO UPDATE SET stream = excluded.stream
            """)
    }
}
