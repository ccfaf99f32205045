import Database
import MatrixAPI
import MatrixModel
import Storage

/// Stores the keys that a device uploads, in one transaction.
struct KeyWriter {
    let transaction: Transaction
    let user: UserID
    let device: String

    /// Stores identity keys; whether they are new to others. 400 where they are not this device's, 403 where a cross-signing key has its name.
    func write(deviceKeys keys: JSON) throws -> Bool {
        guard KeyObject.isDeviceKeys(keys, of: user, device: device) else {
            throw MatrixError.invalidParam("'device_keys' is malformed, or of another user or device.")
        }
        guard keys.rawBytes.count <= KeyLimits.deviceKeysBytes else {
            throw MatrixError(400, .tooLarge, "Device keys have at most \(KeyLimits.deviceKeysBytes) bytes.")
        }
        // "Servers MUST not allow devices to have the same IDs as cross-signing keys".
        guard try !SigningKeyStore(transaction).keys(of: user).contains(where: { $0.publicKey == device }) else {
            throw MatrixError.forbidden("A cross-signing key has this device's ID.")
        }
        let store = DeviceKeyStore(transaction)
        let known = try store.keys(of: user, device: device)
        let isSame = known.map { KeyObject.core($0) == KeyObject.core(keys) } ?? false
        // The client knows nothing of the signatures that were added here since.
        let merged = KeyObject.merging(keys, signaturesOf: user, from: isSame ? known : nil)
        if let known, merged == known { return false }
        // Keys signed by another identity are worth nothing.
        if known != nil, !isSame { try OneTimeKeyStore(transaction).removeAll(of: user, device: device) }
        try store.set(merged, of: user, device: device)
        return true
    }

    /// Adds one-time keys; 400 where another key of the same name waits, or there are too many.
    func write(oneTimeKeys keys: [NamedKey]) throws {
        guard !keys.isEmpty else { return }
        let store = OneTimeKeyStore(transaction)
        for key in keys {
            try check(key)
            switch try store.add(key.key, algorithm: key.algorithm, keyID: key.keyID, of: user, device: device) {
            case .added, .known: break
            case .conflicting:
                throw MatrixError.invalidParam("There is another one-time key \(key.algorithm):\(key.keyID) already.")
            }
        }
        guard try store.counts(of: user, device: device).reduce(0, { $0 + $1.count }) <= KeyLimits.oneTimeKeys else {
            throw MatrixError(400, .tooLarge, "A device has at most \(KeyLimits.oneTimeKeys) one-time keys.")
        }
        try store.forgetClaimed(of: user, device: device, keeping: KeyLimits.claimedKeys)
    }

    /// Replaces fallback keys; "There can only be at most one key per algorithm uploaded".
    func write(fallbackKeys keys: [NamedKey]) throws {
        guard Set(keys.map(\.algorithm)).count == keys.count else {
            throw MatrixError.invalidParam("There is at most one fallback key of each algorithm.")
        }
        let store = OneTimeKeyStore(transaction)
        for key in keys {
            try check(key)
            try store.setFallback(key.key, algorithm: key.algorithm, keyID: key.keyID, of: user, device: device)
        }
    }

    /// The unclaimed one-time keys of each algorithm.
    func counts() throws -> [String: Int] {
        let counts = try OneTimeKeyStore(transaction).counts(of: user, device: device)
        return Dictionary(counts.map { ($0.algorithm, $0.count) }, uniquingKeysWith: { first, _ in first })
    }

    private func check(_ key: NamedKey) throws(MatrixError) {
        guard key.key.rawBytes.count <= KeyLimits.keyBytes else {
            throw MatrixError(400, .tooLarge, "A key has at most \(KeyLimits.keyBytes) bytes.")
        }
        guard KeyObject.isSignatures(key.key["signatures"]) else { throw .badJSON("The signatures of \(key.algorithm):\(key.keyID) are malformed.") }
    }
}
