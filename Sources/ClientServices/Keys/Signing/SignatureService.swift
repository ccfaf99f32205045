import Database
import MatrixAPI
import MatrixModel
import RoomServer
import Storage

/// Takes signatures of keys (client-server API, "Cross-signing").
struct SignatureService: Sendable {
    let context: KeyContext
    let lists: RemoteDeviceLists

    func bind(to table: inout RouteTable) {
        table.on(UploadSignatures.self) { caller, request in try await upload(caller.user, request) }
    }

    private func upload(_ user: UserID, _ request: UploadSignatures.Request) async throws -> UploadSignatures.Response {
        let signed = request.signed
        // Another server's user whose keys nobody here has asked for yet.
        let strangers = signed.compactMap { UserID($0.user) }.filter { $0.server != context.serverName }
        if !strangers.isEmpty { _ = try await lists.keys(of: strangers.map { ($0, []) }, for: user, timeoutMilliseconds: nil) }
        let (announcer, feed) = (context.announcer, context.feed)
        let outcome = try await context.database.write { transaction -> SignatureWriter.Outcome in
            var writer = SignatureWriter(transaction: transaction, user: user)
            for (name, keys) in signed {
                for (key, object) in keys {
                    do {
                        try writer.write(object, of: name, key: key)
                    } catch let error as MatrixError {
                        writer.outcome.failures[name, default: [:]][key] = error
                    }
                }
            }
            try writer.finish()
            return writer.outcome
        } whenDurable: { outcome in
            if let position = outcome.ownPosition { feed.publish(Change(position: position, kind: .deviceList(seenBy: [user]))) }
            announcer.announce(outcome.change)
        }
        return UploadSignatures.Response(failures: outcome.failures)
    }
}

/// Checks and stores signatures that one user made, in one transaction.
struct SignatureWriter {
    /// What came of it.
    struct Outcome: Sendable {
        var failures: [String: [String: MatrixError]] = [:]
        /// The change of the user's own keys, which everybody may see.
        var change: DeviceListChange?
        /// The position of signatures of others' keys, which only the user sees.
        var ownPosition: Position?
    }

    let transaction: Transaction
    let user: UserID
    var outcome = Outcome()
    private var changed: [String] = []

    init(transaction: Transaction, user: UserID) {
        self.transaction = transaction
        self.user = user
    }

    /// Stores the new signatures of one object; `key` is a device, or the public part of a master key.
    mutating func write(_ object: JSON, of name: String, key: String) throws {
        guard let owner = UserID(name), object["user_id"]?.string == name, KeyObject.isSignatures(object["signatures"]) else {
            throw MatrixError.invalidParam("The object is malformed, or of another user.")
        }
        let master = try SigningKeyStore(transaction).key(.master, of: owner)
        switch (owner == user, master?.publicKey == key) {
        case (true, false): try signDevice(key, object)
        case (true, true): if let master { try signOwnMaster(master, object) }
        case (false, true): if let master { try sign(master, of: owner, object) }
        case (false, false): throw MatrixError.notFound("There is no such key.")
        }
    }

    /// Writes down what changed, once.
    mutating func finish() throws {
        if !changed.isEmpty { outcome.change = try DeviceListStore(transaction).note(changed, of: user) }
    }

    /// The user's self-signing key signs a device.
    private mutating func signDevice(_ device: String, _ object: JSON) throws {
        let store = DeviceKeyStore(transaction)
        guard var stored = try store.keys(of: user, device: device) else { throw MatrixError.notFound("There is no such key.") }
        let signer = try SigningKeyStore(transaction).key(.selfSigning, of: user)
        for (keyID, signature) in try newSignatures(of: object, to: stored) {
            guard let signer, keyID == "ed25519:\(signer.publicKey)",
                KeyObject.isSigned(object, by: user, keyID: keyID, publicKey: signer.publicKey)
            else { throw Self.invalid }
            stored = KeyObject.adding(signature, by: user, keyID, to: stored)
        }
        try store.set(stored, of: user, device: device)
        changed.append(device)
    }

    /// The user's devices sign the master key.
    private mutating func signOwnMaster(_ master: PublishedSigningKey, _ object: JSON) throws {
        var stored = master.key
        for (keyID, signature) in try newSignatures(of: object, to: stored) {
            let device = String(keyID.dropFirst("ed25519:".count))
            guard keyID.hasPrefix("ed25519:"),
                let publicKey = try DeviceKeyStore(transaction).keys(of: user, device: device)?["keys"]?[keyID]?.string,
                KeyObject.isSigned(object, by: user, keyID: keyID, publicKey: publicKey)
            else { throw Self.invalid }
            stored = KeyObject.adding(signature, by: user, keyID, to: stored)
        }
        try SigningKeyStore(transaction).set(
            PublishedSigningKey(usage: .master, publicKey: master.publicKey, key: stored), of: user)
        changed.append(DeviceListStore.signingKeys)
    }

    /// The user's user-signing key signs another user's master key.
    private mutating func sign(_ master: PublishedSigningKey, of owner: UserID, _ object: JSON) throws {
        let store = SigningKeyStore(transaction)
        let signer = try store.key(.userSigning, of: user)
        let signatures = try newSignatures(of: object, to: master.key)
        for (keyID, _) in signatures {
            guard let signer, keyID == "ed25519:\(signer.publicKey)",
                KeyObject.isSigned(object, by: user, keyID: keyID, publicKey: signer.publicKey)
            else { throw Self.invalid }
        }
        let position = try outcome.ownPosition ?? Positions.next(transaction)
        outcome.ownPosition = position
        for (keyID, signature) in signatures {
            try store.addSignature(signature, by: user, with: keyID, of: owner, publicKey: master.publicKey, position: position)
        }
    }

    /// The user's signatures of an object that the stored one has not; at least one. 400 where the objects differ otherwise.
    private func newSignatures(of object: JSON, to stored: JSON) throws(MatrixError) -> [(keyID: String, signature: String)] {
        guard KeyObject.core(object) == KeyObject.core(stored) else { throw .invalidParam("The signed object is not the one that is here.") }
        let known = stored["signatures"]?[user.description]
        var new: [(keyID: String, signature: String)] = []
        var isRepeated = false
        for (keyID, value) in object["signatures"]?[user.description]?.members ?? JSON([:]).members {
            guard let signature = value.string else { continue }
            if known?[keyID]?.string == signature { isRepeated = true } else { new.append((keyID, signature)) }
        }
        guard !new.isEmpty || isRepeated else { throw MatrixError(400, .invalidSignature, "There is no signature of yours.") }
        return new
    }

    private static let invalid = MatrixError(400, .invalidSignature, "A signature is invalid, or by a key that may not sign this.")
}
