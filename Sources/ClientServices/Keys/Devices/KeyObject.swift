import MatrixModel
import RoomGraph

/// Signed key objects: what of them a signature covers, and how signatures come together.
enum KeyObject {
    /// What makes two objects the same key: all but signatures and `unsigned`.
    static func core(_ object: JSON) -> [UInt8] {
        var bytes: [UInt8] = []
        object.appendLenient(to: &bytes, omitting: ["signatures", "unsigned"])
        return bytes
    }

    /// The object without `unsigned`, with the signatures that one user made of another copy of it.
    static func merging(_ object: JSON, signaturesOf user: UserID, from other: JSON?) -> JSON {
        var value = object.value
        value["unsigned"] = nil
        if let signatures = other?["signatures"]?[user.description] {
            for (keyID, signature) in signatures.members where value["signatures"]?[user.description]?[keyID] == nil {
                add(signature.value, by: user, keyID, to: &value)
            }
        }
        return JSON(value)
    }

    /// The object with a signature more.
    static func adding(_ signature: String, by user: UserID, _ keyID: String, to object: JSON) -> JSON {
        var value = object.value
        add(.string(signature), by: user, keyID, to: &value)
        return JSON(value)
    }

    private static func add(_ signature: JSONValue, by user: UserID, _ keyID: String, to value: inout JSONValue) {
        var signatures = value["signatures"] ?? [:]
        var own = signatures[user.description] ?? [:]
        own[keyID] = signature
        signatures[user.description] = own
        value["signatures"] = signatures
    }

    /// Whether the object is of the form of a device's identity keys, of that user and device.
    static func isDeviceKeys(_ object: JSON, of user: UserID, device: String) -> Bool {
        object["user_id"]?.string == user.description && object["device_id"]?.string == device
            && object["algorithms"]?.isArray == true && object["algorithms"]?.elements.allSatisfy { $0.string != nil } == true
            && object["keys"]?.isObject == true && object["keys"]?.members.allSatisfy { $0.value.string != nil } == true
            && isSignatures(object["signatures"])
    }

    /// Whether the value is of the form of `signatures`, or absent.
    static func isSignatures(_ value: JSON?) -> Bool {
        guard let value else { return true }
        return value.isObject
            && value.members.allSatisfy { $0.value.isObject && $0.value.members.allSatisfy { $0.value.string != nil } }
    }

    /// Whether the object has a valid signature by an Ed25519 key, `keyID` being `ed25519:<name>`.
    static func isSigned(_ object: JSON, by user: UserID, keyID: String, publicKey: String) -> Bool {
        guard let key = VerifyKey(base64: publicKey) else { return false }
        return JSONSigning.verify(object, signer: user.description, keyID: keyID, key: key)
    }
}
