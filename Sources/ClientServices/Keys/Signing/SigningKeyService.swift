import Database
import MatrixAPI
import MatrixModel
import Storage

/// Takes people's cross-signing keys (client-server API, "Cross-signing").
struct SigningKeyService: Sendable {
    let context: KeyContext
    let owner: OwnerAuthentication

    func bind(to table: inout RouteTable) {
        table.on(UploadSigningKeys.self) { caller, request in
            let keys = try Self.keys(in: request, of: caller.user)
            let user = caller.user
            let known = try await context.database.read { try SigningKeyStore($0).keys(of: user) }
            // Whatever is wrong with the keys is told before anybody is asked for a password.
            try await context.database.read { try Self.check(keys, of: user, $0) }
            guard Self.needsAuthentication(for: keys, beside: known) else {
                try await publish(keys, of: user, unlessThereAre: known.isEmpty)
                return EmptyResponse()
            }
            return try await owner.authenticate(caller, request.auth, for: "device_signing") {
                try await publish(keys, of: user, unlessThereAre: false)
                return EmptyResponse()
            }
        }
    }

    /// None is needed where "there is no existing master signing key", or "the request contains no new keys".
    private static func needsAuthentication(for keys: [PublishedSigningKey], beside known: [PublishedSigningKey]) -> Bool {
        guard known.contains(where: { $0.usage == .master }) else { return false }
        return !keys.allSatisfy { key in known.contains { $0.usage == key.usage && $0.publicKey == key.publicKey } }
    }

    /// The keys of a request, as far as their form tells; 400 where it is wrong.
    private static func keys(in request: UploadSigningKeys.Request, of user: UserID) throws(MatrixError) -> [PublishedSigningKey] {
        var keys: [PublishedSigningKey] = []
        for (usage, object) in [
            (SigningKeyUsage.master, request.masterKey), (.selfSigning, request.selfSigningKey), (.userSigning, request.userSigningKey),
        ] {
            guard let object else { continue }
            guard let key = PublishedSigningKey(object, usage: usage, of: user) else {
                throw .invalidParam("'\(usage.rawValue)_key' is malformed, or of another user.")
            }
            keys.append(key)
        }
        return keys
    }

    private static func check(_ keys: [PublishedSigningKey], of user: UserID, _ transaction: Transaction) throws {
        let master = try keys.first { $0.usage == .master } ?? SigningKeyStore(transaction).key(.master, of: user)
        guard let master else { throw MatrixError(400, .missingParam, "There is no master key.") }
        for key in keys where key.usage != .master {
            guard KeyObject.isSigned(key.key, by: user, keyID: "ed25519:\(master.publicKey)", publicKey: master.publicKey) else {
                throw MatrixError(400, .invalidSignature, "The \(key.usage.rawValue) key is not signed by the master key.")
            }
        }
        for key in keys where try DeviceStore(transaction).device(key.publicKey, of: user) != nil {
            throw MatrixError.forbidden("A device has the name of a key.")
        }
    }

    private func publish(_ keys: [PublishedSigningKey], of user: UserID, unlessThereAre isFirst: Bool) async throws {
        let announcer = context.announcer
        try await context.database.write { transaction -> DeviceListChange? in
            try Self.check(keys, of: user, transaction)
            let store = SigningKeyStore(transaction)
            // Of two first uploads at once, the second would have had to authenticate.
            if isFirst, try store.key(.master, of: user) != nil { throw MatrixError.forbidden("Another session has just published keys.") }
            var isNew = false
            for key in keys {
                let known = try store.key(key.usage, of: user)
                let isSame = known.map { KeyObject.core($0.key) == KeyObject.core(key.key) } ?? false
                let merged = KeyObject.merging(key.key, signaturesOf: user, from: isSame ? known?.key : nil)
                guard merged != known?.key else { continue }
                isNew = true
                try store.set(PublishedSigningKey(usage: key.usage, publicKey: key.publicKey, key: merged), of: user)
                // What another master key signed is signed by nobody now.
                if key.usage == .master, known != nil, !isSame {
                    for usage in [SigningKeyUsage.selfSigning, .userSigning] where !keys.contains(where: { $0.usage == usage }) {
                        try store.remove(usage, of: user)
                    }
                }
            }
            return isNew ? try DeviceListStore(transaction).note([DeviceListStore.signingKeys], of: user) : nil
        } whenDurable: {
            announcer.announce($0)
        }
    }
}

extension PublishedSigningKey {
    /// The one key of a key object of that user and usage; nil where its form is wrong.
    init?(_ object: JSON, usage: SigningKeyUsage, of user: UserID) {
        guard object["user_id"]?.string == user.description, object["usage"]?.elements.contains(where: { $0.string == usage.rawValue }) == true,
            let keys = object["keys"], keys.count == 1, let (name, value) = keys.members.first(where: { _ in true }), let publicKey = value.string,
            name == "ed25519:\(publicKey)", KeyObject.isSignatures(object["signatures"]), object.rawBytes.count <= KeyLimits.deviceKeysBytes
        else { return nil }
        self.init(usage: usage, publicKey: publicKey, key: object)
    }
}

extension ErrorCode {
    static let invalidSignature = ErrorCode(rawValue: "M_INVALID_SIGNATURE")
}
