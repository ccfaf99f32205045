import Database
public import MatrixModel
public import RoomGraph

/// This server's keys, and the document that publishes them.
public struct OwnKeys: Sendable {
    public let serverName: ServerName
    public let signingKey: SigningKey
    /// Keys that signed events once and sign no more: by identifier, with the time of their end in milliseconds since the epoch.
    let retired: [String: KnownKey]
    /// How long the published document says that it is valid.
    private static let validityMilliseconds = 24 * 3_600_000

    /// `retired`: identifier, public key, time of the end in milliseconds since the epoch.
    public init(serverName: ServerName, signingKey: SigningKey, retired: [(keyID: String, key: VerifyKey, expired: Int)] = []) {
        self.serverName = serverName
        self.signingKey = signingKey
        self.retired = Dictionary(
            retired.map { ($0.keyID, KnownKey(key: $0.key, validUntil: $0.expired, isRetired: true)) }, uniquingKeysWith: { first, _ in first })
    }

    /// The document of `/_matrix/key/v2/server`; `now` in milliseconds since the epoch.
    func document(now: Int) -> JSONValue {
        let old = retired.mapValues { known -> JSONValue in
            ["key": .string(Base64.encode(known.key.publicKey)), "expired_ts": .integer(known.validUntil)]
        }
        return JSONSigning.sign(
            [
                "server_name": .string(serverName.description),
                "valid_until_ts": .integer(now + OwnKeys.validityMilliseconds),
                "verify_keys": .object([signingKey.keyID: ["key": .string(signingKey.publicKeyBase64)]]),
                "old_verify_keys": .object(old),
            ], as: serverName, with: signingKey)
    }

    /// The keys as other servers' are kept: the current one without end.
    var known: [String: KnownKey] {
        var keys = retired
        if let key = VerifyKey(publicKey: signingKey.publicKey) { keys[signingKey.keyID] = KnownKey(key: key, validUntil: .max) }
        return keys
    }
}
