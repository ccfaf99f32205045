import MatrixModel
import RoomGraph

/// A server's published keys, checked (server-server API, "Publishing Keys").
struct KeyDocument: Sendable {
    let server: ServerName
    let keys: [String: KnownKey]
    /// As the server says, in milliseconds since the epoch.
    let validUntil: Int
    /// The document as it was signed; a notary adds its signature.
    let json: JSON

    /// What makes a document worthless.
    enum Failure: Error, Hashable, Sendable {
        case malformed
        case ofAnotherServer
        case tooManyKeys
        /// No key that it lists signed it.
        case unsigned
    }

    /// Checks a document of `server`: named for it, signed by a key that it lists, within bounds. `now` in milliseconds since the epoch.
    init(_ json: JSON, of server: ServerName, now: Int, limits: FederationLimits) throws(Failure) {
        guard json["server_name"]?.string == server.description else { throw .ofAnotherServer }
        guard let validUntil = json["valid_until_ts"]?.integer, let current = json["verify_keys"], current.isObject else { throw .malformed }
        let old = json["old_verify_keys"]
        guard current.count + (old?.count ?? 0) <= limits.keysPerServer else { throw .tooManyKeys }
        // "Servers MUST use the lesser of this field and 7 days into the future when determining if a key is valid."
        let capped = min(validUntil, now + limits.keyValidityMilliseconds)
        var keys: [String: KnownKey] = [:]
        if let old {
            for (keyID, entry) in old.members {
                guard keyID.hasPrefix("ed25519:"), let key = entry["key"]?.string.flatMap({ VerifyKey(base64: $0) }),
                    let expired = entry["expired_ts"]?.integer
                else { continue }
                keys[keyID] = KnownKey(key: key, validUntil: min(expired, now), isRetired: true)
            }
        }
        var isSigned = false
        for (keyID, entry) in current.members {
            guard keyID.hasPrefix("ed25519:"), let key = entry["key"]?.string.flatMap({ VerifyKey(base64: $0) }) else { continue }
            keys[keyID] = KnownKey(key: key, validUntil: capped)
            isSigned = isSigned || JSONSigning.verify(json, signer: server, keyID: keyID, key: key)
        }
        guard isSigned else { throw .unsigned }
        self.server = server
        self.keys = keys
        self.validUntil = validUntil
        self.json = json
    }
}
