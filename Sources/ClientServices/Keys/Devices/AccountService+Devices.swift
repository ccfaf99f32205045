import Database
import MatrixModel
import Storage

/// Removing and renaming devices, so that those who know them are told.
extension AccountService {
    /// Removes devices with their tokens, keys and messages.
    func deleteDevices(_ devices: [String], of user: UserID) async throws {
        try await change(devicesOf: user) { transaction in
            let change = try DeviceListStore(transaction).noteRemoval(of: devices, of: user)
            for device in devices { _ = try DeviceStore(transaction).delete(device, of: user) }
            return change
        }
    }

    /// Removes all devices but one, and does something else in the same transaction.
    func deleteAllDevices(of user: UserID, except kept: String? = nil, _ body: @escaping @Sendable (Transaction) throws -> Void = { _ in })
        async throws
    {
        try await change(devicesOf: user) { transaction in
            let removed = try DeviceStore(transaction).devices(of: user).map(\.id).filter { $0 != kept }
            let change = try DeviceListStore(transaction).noteRemoval(of: removed, of: user)
            _ = try DeviceStore(transaction).deleteAll(of: user, except: kept)
            try body(transaction)
            return change
        }
    }

    /// Renames a device, unless `name` is nil; false where there is none. People here see the name, other servers are not told it.
    func renameDevice(_ device: String, of user: UserID, to name: String?) async throws -> Bool {
        let announcer = deviceLists
        let (isKnown, _) = try await database.write { transaction -> (Bool, DeviceListChange?) in
            guard let name else { return (try DeviceStore(transaction).device(device, of: user) != nil, nil) }
            guard try DeviceStore(transaction).rename(device, of: user, to: name) else { return (false, nil) }
            guard try DeviceKeyStore(transaction).keys(of: user, device: device) != nil else { return (true, nil) }
            return (true, try DeviceListStore(transaction).note([device], of: user, isFederated: false))
        } whenDurable: { _, change in
            announcer?.announce(change)
        }
        return isKnown
    }

    private func change(devicesOf user: UserID, _ body: @escaping @Sendable (Transaction) throws -> DeviceListChange?) async throws {
        let announcer = deviceLists
        try await database.write(body) { announcer?.announce($0) }
    }
}
