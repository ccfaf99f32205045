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

    /// The users of that server who share a room with the user, and the user where of that server; who they are tells `watchers(of:)`.
    public func watchers(of user: UserID, on server: ServerName) throws -> Set<UserID> {
        let suffix = ":\(server.description)"
        var watchers = Set(
            try transaction.map(
                """
                SELECT DISTINCT other.user_id FROM memberships own JOIN memberships other ON other.room = own.room
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
            SELECT DISTINCT s.server FROM memberships m JOIN room_servers s ON s.room = m.room
            WHERE m.user_id = \(user) AND m.membership = 'join' AND s.members > 0 AND s.server <> \(user.server) ORDER BY s.server
            """
        ) { try $0.server(0) }
    }

    fileprivate func enqueue(_ device: String, of user: UserID, to server: ServerName, stream: Position) throws {
        try transaction.execute(
            """
            INSERT INTO device_list_outbox (server, user_id, device_id, stream) VALUES (\(server), \(user), \(device), \(stream))
            ON CONFLICT (server, user_id, device_id) DO UPDATE SET stream = excluded.stream
            """)
    }
}

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

/// How far consumers of the journal have come.
public struct CursorStore {
    private let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    /// The position up to which a consumer has done its work; 0 at first.
    public func position(of name: String) throws -> Position {
        try transaction.first("SELECT position FROM cursors WHERE name = \(name)")?.int(0) ?? 0
    }

    /// Moves a consumer on.
    public func move(_ name: String, to position: Position) throws {
        try transaction.execute(
            """
            INSERT INTO cursors (name, position) VALUES (\(name), \(position))
            ON CONFLICT (name) DO UPDATE SET position = max(position, excluded.position)
            """)
    }
}
