public import Database
public import MatrixModel

/// The one-time and fallback keys of local users' devices.
///
/// A claimed key stays known for a while, without being given again: a client that did not hear the answer to its upload repeats it.
public struct OneTimeKeyStore {
    /// What became of an uploaded key.
    public enum Addition: Sendable, Equatable {
        case added
        /// The same key is, or was, there.
        case known
        /// Another key of that name waits to be claimed.
        case conflicting
    }

    private let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    /// Adds a one-time key behind those that are there.
    public func add(_ key: JSON, algorithm: String, keyID: String, of user: UserID, device: String) throws -> Addition {
        let bytes = key.lenientBytes()
        let known = try transaction.first(
            """
            SELECT entry, key, is_claimed FROM one_time_keys
            WHERE user_id = \(user) AND device_id = \(device) AND algorithm = \(algorithm) AND key_id = \(keyID)
            """)
        if let known {
            if known.blob(1) == bytes { return .known }
            guard known.bool(2) else { return .conflicting }
            // The client began to number anew.
            try transaction.execute("DELETE FROM one_time_keys WHERE entry = \(known.int(0))")
        }
        try transaction.execute(
            """
            INSERT INTO one_time_keys (user_id, device_id, algorithm, key_id, key)
            VALUES (\(user), \(device), \(algorithm), \(keyID), \(bytes))
            """)
        return .added
    }

    /// Sets the fallback key of an algorithm; the same key again stays used if it was.
    public func setFallback(_ key: JSON, algorithm: String, keyID: String, of user: UserID, device: String) throws {
        try transaction.execute(
            """
            INSERT INTO fallback_keys (user_id, device_id, algorithm, key_id, key)
            VALUES (\(user), \(device), \(algorithm), \(keyID), \(key.lenientBytes()))
            ON CONFLICT (user_id, device_id, algorithm) DO UPDATE SET key_id = excluded.key_id, key = excluded.key, is_used = 0
            WHERE key_id <> excluded.key_id OR key <> excluded.key
            """)
    }

    /// Takes the oldest one-time key, which nobody gets again; where none is left, gives the fallback key.
    public func claim(_ algorithm: String, of user: UserID, device: String) throws -> (keyID: String, key: JSON)? {
        let oldest = try transaction.first(
            """
            SELECT entry, key_id, key FROM one_time_keys
            WHERE user_id = \(user) AND device_id = \(device) AND algorithm = \(algorithm) AND is_claimed = 0 ORDER BY entry LIMIT 1
            """)
        if let oldest {
            try transaction.execute("UPDATE one_time_keys SET is_claimed = 1 WHERE entry = \(oldest.int(0))")
            return (oldest.text(1), try oldest.json(2))
        }
        let fallback = try transaction.first(
            "SELECT key_id, key FROM fallback_keys WHERE user_id = \(user) AND device_id = \(device) AND algorithm = \(algorithm)")
        guard let fallback else { return nil }
        try transaction.execute(
            """
            UPDATE fallback_keys SET is_used = 1
            WHERE user_id = \(user) AND device_id = \(device) AND algorithm = \(algorithm) AND is_used = 0
            """)
        return (fallback.text(0), try fallback.json(1))
    }

    /// The unclaimed one-time keys by algorithm, in order; algorithms without any are left out.
    public func counts(of user: UserID, device: String) throws -> [(algorithm: String, count: Int)] {
        try transaction.map(
            """
            SELECT algorithm, count(*) FROM one_time_keys WHERE user_id = \(user) AND device_id = \(device) AND is_claimed = 0
            GROUP BY algorithm ORDER BY algorithm
            """
        ) { ($0.text(0), $0.integer(1)) }
    }

    /// The algorithms of which the fallback key was not given to anybody, in order.
    public func unusedFallbackAlgorithms(of user: UserID, device: String) throws -> [String] {
        try transaction.map(
            "SELECT algorithm FROM fallback_keys WHERE user_id = \(user) AND device_id = \(device) AND is_used = 0 ORDER BY algorithm"
        ) { $0.text(0) }
    }

    /// Forgets claimed keys but the newest `kept` of a device.
    public func forgetClaimed(of user: UserID, device: String, keeping kept: Int) throws {
        try transaction.execute(
            """
            DELETE FROM one_time_keys WHERE entry IN (
                SELECT entry FROM one_time_keys WHERE user_id = \(user) AND device_id = \(device) AND is_claimed = 1
                ORDER BY entry DESC LIMIT -1 OFFSET \(kept))
            """)
    }

    /// Removes all keys of a device whose identity changed: they were signed by another.
    public func removeAll(of user: UserID, device: String) throws {
        try transaction.execute("DELETE FROM one_time_keys WHERE user_id = \(user) AND device_id = \(device)")
        try transaction.execute("DELETE FROM fallback_keys WHERE user_id = \(user) AND device_id = \(device)")
    }
}
