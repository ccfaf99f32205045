public import Database
public import MatrixModel

/// A device of a local user as others see it.
public struct DeviceKeys: Sendable {
    public let device: String
    /// The JSON text of the identity keys, without `unsigned`.
    public let keys: [UInt8]
    public let displayName: String?
}

/// The identity keys of local users' devices; they end with their device.
public struct DeviceKeyStore {
    private let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    /// The identity keys of a device.
    public func keys(of user: UserID, device: String) throws -> JSON? {
        try transaction.first("SELECT keys FROM device_keys WHERE user_id = \(user) AND device_id = \(device)") { try $0.json(0) }
    }

    /// Sets the identity keys of a device, which must exist.
    public func set(_ keys: JSON, of user: UserID, device: String) throws {
        try transaction.execute(
            """
            INSERT INTO device_keys (user_id, device_id, keys) VALUES (\(user), \(device), \(keys.lenientBytes()))
            ON CONFLICT (user_id, device_id) DO UPDATE SET keys = excluded.keys
            """)
    }

    /// A user's devices with keys, in order; only those named, where any are.
    public func devices(of user: UserID, named names: [String] = []) throws -> [DeviceKeys] {
        let all = try transaction.map(
            """
            SELECT k.device_id, k.keys, d.display_name FROM device_keys k
            JOIN devices d ON d.user_id = k.user_id AND d.device_id = k.device_id
            WHERE k.user_id = \(user) ORDER BY k.device_id
            """
        ) { DeviceKeys(device: $0.text(0), keys: $0.blob(1), displayName: $0.optionalText(2)) }
        guard !names.isEmpty else { return all }
        let wanted = Set(names)
        return all.filter { wanted.contains($0.device) }
    }

    /// Those of a user's devices that have keys, in order: of all, or of some.
    public func keyedDevices(of user: UserID, among names: [String]? = nil) throws -> [String] {
        let all = try transaction.map("SELECT device_id FROM device_keys WHERE user_id = \(user) ORDER BY device_id") { $0.text(0) }
        guard let names else { return all }
        let wanted = Set(names)
        return all.filter(wanted.contains)
    }
}
