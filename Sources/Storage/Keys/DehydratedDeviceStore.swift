public import Database
public import MatrixModel

/// Devices that receive messages while all others of their user are away (MSC3814), at most one for each user.
public struct DehydratedDeviceStore {
    private let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    public func device(of user: UserID) throws -> (id: String, data: JSON)? {
        try transaction.first("SELECT device_id, data FROM dehydrated_devices WHERE user_id = \(user)") { ($0.text(0), try $0.json(1)) }
    }

    /// Makes a device, which exists already, the user's dehydrated one.
    public func set(_ device: String, data: JSON, of user: UserID) throws {
        try transaction.execute(
            """
            INSERT INTO dehydrated_devices (user_id, device_id, data) VALUES (\(user), \(device), \(data.lenientBytes()))
            ON CONFLICT (user_id) DO UPDATE SET device_id = excluded.device_id, data = excluded.data
            """)
    }
}
