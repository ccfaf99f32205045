public import Database
public import MatrixModel

/// What this server knows of a remote user's device list.
public struct RemoteDeviceList: Sendable, Hashable {
    /// The stream number of the newest update in it; nil where the list came without one.
    public let stream: Int?
    /// The journal's position when it was fetched.
    public let fetched: Position
    /// Whether it must be fetched anew.
    public let isStale: Bool
}

/// A remote user's devices and cross-signing keys, to be stored.
public struct RemoteDevices: Sendable {
    public let user: UserID
    public let stream: Int?
    /// Identity keys by device, in order.
    public let devices: [(device: String, keys: JSON)]
    public let signingKeys: [PublishedSigningKey]

    public init(user: UserID, stream: Int?, devices: [(device: String, keys: JSON)], signingKeys: [PublishedSigningKey]) {
        self.user = user
        self.stream = stream
        self.devices = devices
        self.signingKeys = signingKeys
    }
}

/// The device lists of remote users, as far as they were fetched (server-server API, "Device Management").
public struct RemoteDeviceStore {
    private let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    public func list(of user: UserID) throws -> RemoteDeviceList? {
        try transaction.first("SELECT stream, fetched, is_stale FROM remote_device_lists WHERE user_id = \(user)") {
            RemoteDeviceList(stream: $0.optionalInteger(0), fetched: $0.int(1), isStale: $0.bool(2))
        }
    }

    /// The devices of a list, in order; only those named, where any are.
    public func devices(of user: UserID, named names: [String] = []) throws -> [DeviceKeys] {
        let all = try transaction.map("SELECT device_id, keys FROM remote_device_keys WHERE user_id = \(user) ORDER BY device_id") {
            DeviceKeys(device: $0.text(0), keys: $0.blob(1), displayName: nil)
        }
        guard !names.isEmpty else { return all }
        let wanted = Set(names)
        return all.filter { wanted.contains($0.device) }
    }

    /// Stores a whole list that was asked for when the journal stood at `fetched`; it is stale where an update came since.
    public func replace(_ list: RemoteDevices, fetched: Position) throws {
        let isStale = try DeviceListStore(transaction).lastChange(of: list.user) > fetched
        try transaction.execute(
            """
            INSERT INTO remote_device_lists (user_id, stream, fetched, is_stale) VALUES (\(list.user), \(list.stream), \(fetched), \(isStale))
            ON CONFLICT (user_id) DO UPDATE SET stream = excluded.stream, fetched = excluded.fetched, is_stale = excluded.is_stale
            """)
        try transaction.execute("DELETE FROM remote_device_keys WHERE user_id = \(list.user)")
        for (device, keys) in list.devices { try setDevice(device, keys, of: list.user) }
        let signing = SigningKeyStore(transaction)
        for usage in [SigningKeyUsage.master, .selfSigning] {
            if let key = list.signingKeys.first(where: { $0.usage == usage }) {
                try signing.set(key, of: list.user)
            } else {
                try signing.remove(usage, of: list.user)
            }
        }
    }

    /// Applies an update to one device of a list: other keys, or with nil none any more.
    public func update(_ device: String, _ keys: JSON?, of user: UserID, stream: Int) throws {
        if let keys {
            try setDevice(device, keys, of: user)
        } else {
            try transaction.execute("DELETE FROM remote_device_keys WHERE user_id = \(user) AND device_id = \(device)")
        }
        try transaction.execute("UPDATE remote_device_lists SET stream = \(stream) WHERE user_id = \(user)")
    }

    /// Notes that a list must be fetched anew.
    public func markStale(_ user: UserID) throws {
        try transaction.execute("UPDATE remote_device_lists SET is_stale = 1 WHERE user_id = \(user)")
    }

    /// Whether the user's server has been sending updates ever since `fetched`: user and some local user have shared a room all the time.
    ///
    /// `viewer`, a local user, is looked at first, since whoever asks for keys mostly is in the room.
    public func isFollowed(_ user: UserID, since fetched: Position, viewer: UserID) throws -> Bool {
        let rooms = try transaction.map(
            "SELECT room FROM memberships WHERE user_id = \(user) AND membership = 'join' AND position <= \(fetched)"
        ) { $0.int(0) }
        let memberships = MembershipStore(transaction)
        for room in rooms {
            if let own = try memberships.membership(of: viewer, room: room), own.membership == .join, own.position <= fetched { return true }
        }
        let suffix = ":\(viewer.server.description)"
        for room in rooms {
            let other = try transaction.first(
                """
                SELECT 1 FROM memberships WHERE room = \(room) AND membership = 'join' AND position <= \(fetched)
                AND substr(user_id, length(user_id) - length(\(suffix)) + 1) = \(suffix) LIMIT 1
                """)
            if other != nil { return true }
        }
        return false
    }

    /// Whether the user shares a room with anybody of that server.
    public func sharesRoom(_ user: UserID, with server: ServerName) throws -> Bool {
        try transaction.first(
            """
            SELECT 1 FROM memberships m JOIN room_servers s ON s.room = m.room
            WHERE m.user_id = \(user) AND m.membership = 'join' AND s.server = \(server) AND s.members > 0 LIMIT 1
            """) != nil
    }

    private func setDevice(_ device: String, _ keys: JSON, of user: UserID) throws {
        try transaction.execute(
            """
            INSERT INTO remote_device_keys (user_id, device_id, keys) VALUES (\(user), \(device), \(keys.lenientBytes()))
            ON CONFLICT (user_id, device_id) DO UPDATE SET keys = excluded.keys
            """)
    }
}
