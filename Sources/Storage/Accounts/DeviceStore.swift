public import Database
public import MatrixModel

/// A device of a local user.
public struct Device: Sendable, Hashable {
    public let user: UserID
    public let id: String
    public let displayName: String?
    /// When it was made, in milliseconds since 1970.
    public let created: Int
    /// When it last made a request, in milliseconds since 1970.
    public let lastSeen: Int?
    public let lastSeenAddress: String?
    public let lastSeenAgent: String?
}

/// The devices of local users.
public struct DeviceStore {
    private let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    /// Makes a device where there is none of that ID; an existing one keeps its name. The tokens of an earlier login on it stay: revoke them.
    public func ensure(_ id: String, of user: UserID, displayName: String?, at now: Int) throws {
        try transaction.execute(
            """
            INSERT INTO devices (user_id, device_id, display_name, created) VALUES (\(user), \(id), \(displayName), \(now))
            ON CONFLICT (user_id, device_id) DO NOTHING
            """)
    }

    public func device(_ id: String, of user: UserID) throws -> Device? {
        try transaction.first(
            """
            SELECT user_id, device_id, display_name, created, last_seen, last_seen_address, last_seen_agent
            FROM devices WHERE user_id = \(user) AND device_id = \(id)
            """, device)
    }

    /// A user's devices, in order of their IDs.
    public func devices(of user: UserID) throws -> [Device] {
        try transaction.map(
            """
            SELECT user_id, device_id, display_name, created, last_seen, last_seen_address, last_seen_agent
            FROM devices WHERE user_id = \(user) ORDER BY device_id
            """, device)
    }

    /// Sets or, with nil, removes a device's name; false where there is no such device.
    public func rename(_ id: String, of user: UserID, to displayName: String?) throws -> Bool {
        try transaction.execute("UPDATE devices SET display_name = \(displayName) WHERE user_id = \(user) AND device_id = \(id)") == 1
    }

    /// Notes a request that a device made.
    public func touch(_ id: String, of user: UserID, at now: Int, address: String, agent: String?) throws {
        try transaction.execute(
            """
            UPDATE devices SET last_seen = \(now), last_seen_address = \(address), last_seen_agent = \(agent)
            WHERE user_id = \(user) AND device_id = \(id)
            """)
    }

    /// Removes a device with its access and refresh tokens; false where there is no such device.
    public func delete(_ id: String, of user: UserID) throws -> Bool {
        try transaction.execute("DELETE FROM sliding_connections WHERE user_id = \(user) AND device_id = \(id)")
        return try transaction.execute("DELETE FROM devices WHERE user_id = \(user) AND device_id = \(id)") == 1
    }

    /// Removes all of a user's devices but one, with their tokens, and tokens without a device; gives the IDs of those removed.
    public func deleteAll(of user: UserID, except kept: String? = nil) throws -> [String] {
        let removed = try transaction.map(
            "SELECT device_id FROM devices WHERE user_id = \(user) AND device_id <> \(kept ?? "") ORDER BY device_id"
        ) { $0.text(0) }
        for id in removed { _ = try delete(id, of: user) }
        try transaction.execute("DELETE FROM access_tokens WHERE user_id = \(user) AND device_id IS NULL")
        return removed
    }

    private func device(_ row: Row) throws -> Device {
        Device(
            user: try row.user(0), id: row.text(1), displayName: row.optionalText(2), created: row.integer(3), lastSeen: row.optionalInteger(4),
            lastSeenAddress: row.optionalText(5), lastSeenAgent: row.optionalText(6))
    }
}
