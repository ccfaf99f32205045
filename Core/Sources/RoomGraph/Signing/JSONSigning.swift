public import MatrixModel

/// Signatures in JSON objects (appendices, "Signing JSON").
public enum JSONSigning {
    /// Members that a signature does not cover.
    static let uncovered = ["signatures", "unsigned"]

    /// The object with a signature added under `signatures`; values that are not objects are returned as they are.
    public static func sign(_ value: JSONValue, as signer: String, with key: SigningKey) -> JSONValue {
        guard case .object(var members) = value else { return value }
        var covered = members
        for name in uncovered { covered[name] = nil }
        var signatures = members["signatures"] ?? .object([:])
        var own = signatures[signer] ?? .object([:])
        own[key.keyID] = .string(Base64.encode(key.sign(JSONValue.object(covered).bytes())))
        signatures[signer] = own
        members["signatures"] = signatures
        return .object(members)
    }

    /// The object with a signature of that server added under `signatures`.
    public static func sign(_ value: JSONValue, as signer: ServerName, with key: SigningKey) -> JSONValue {
        sign(value, as: signer.description, with: key)
    }

    /// Whether the object holds a valid signature of that signer by that key (appendices, "Checking for a Signature").
    public static func verify(_ json: JSON, signer: String, keyID: String, key: VerifyKey) -> Bool {
        guard let signature = signature(in: json, of: signer, keyID: keyID) else { return false }
        return key.verify(signature: signature, of: signedBytes(of: json))
    }

    /// Whether the object holds a valid signature of that server by that key.
    public static func verify(_ json: JSON, signer: ServerName, keyID: String, key: VerifyKey) -> Bool {
        verify(json, signer: signer.description, keyID: keyID, key: key)
    }

    /// What a signature of the object covers. Objects with floats exist in old rooms: those keep their source text.
    static func signedBytes(of json: JSON) -> [UInt8] {
        var bytes: [UInt8] = []
        json.appendLenient(to: &bytes, omitting: uncovered)
        return bytes
    }

    /// The bytes of one Ed25519 signature, or nil where there is none of that name.
    static func signature(in json: JSON, of signer: String, keyID: String) -> [UInt8]? {
        guard keyID.utf8.starts(with: "ed25519:".utf8) else { return nil }
        return json["signatures"]?[signer]?[keyID]?.string.flatMap { Base64.decode($0) }
    }
}
