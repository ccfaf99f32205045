import Database
import MatrixAPI
import MatrixModel
import Storage

/// A user's keys as somebody may see them.
struct VisibleKeys: Sendable {
    let user: UserID
    /// Identity keys by device, in order.
    var devices: [(device: String, keys: JSONFragment)] = []
    var signingKeys: [SigningKeyUsage: JSONFragment] = [:]
}

/// Reads keys as somebody may see them, in one snapshot.
struct KeyReader {
    let transaction: Transaction
    /// Who sees their own user-signing key and the signatures it made; nil for another server.
    let viewer: UserID?

    /// A local user's keys; nil where there is no such account. Names of devices are shown to users of this server only.
    func local(_ user: UserID, devices names: [String]) throws -> VisibleKeys? {
        let devices = try DeviceKeyStore(transaction).devices(of: user, named: names)
        if devices.isEmpty, try !AccountStore(transaction).exists(user) { return nil }
        var keys = VisibleKeys(user: user)
        keys.devices = devices.map { ($0.device, KeyReader.fragment($0.keys, displayName: viewer == nil ? nil : $0.displayName)) }
        keys.signingKeys = try signingKeys(of: user)
        return keys
    }

    /// A remote user's keys, from what is stored.
    func remote(_ user: UserID, devices names: [String]) throws -> VisibleKeys {
        var keys = VisibleKeys(user: user)
        keys.devices = try RemoteDeviceStore(transaction).devices(of: user, named: names).map { ($0.device, .encoded($0.keys)) }
        keys.signingKeys = try signingKeys(of: user)
        return keys
    }

    /// A remote user's keys as their server just gave them.
    func given(_ list: RemoteDevices, devices names: [String]) throws -> VisibleKeys {
        var keys = VisibleKeys(user: list.user)
        let wanted = Set(names)
        keys.devices = list.devices.filter { wanted.isEmpty || wanted.contains($0.device) }
            .map { ($0.device, .encoded($0.keys.lenientBytes())) }
        for key in list.signingKeys { keys.signingKeys[key.usage] = try visible(key, of: list.user) }
        return keys
    }

    private func signingKeys(of user: UserID) throws -> [SigningKeyUsage: JSONFragment] {
        var visible: [SigningKeyUsage: JSONFragment] = [:]
        for key in try SigningKeyStore(transaction).keys(of: user) { visible[key.usage] = try self.visible(key, of: user) }
        return visible
    }

    /// "Users will not be able to see signatures made by other users' user-signing keys."
    private func visible(_ key: PublishedSigningKey, of user: UserID) throws -> JSONFragment? {
        switch key.usage {
        case .userSigning: return viewer == user ? .encoded(key.key.lenientBytes()) : nil
        case .selfSigning: return .encoded(key.key.lenientBytes())
        case .master:
            guard let viewer, viewer != user else { return .encoded(key.key.lenientBytes()) }
            var object = key.key
            for (keyID, signature) in try SigningKeyStore(transaction).signatures(by: viewer, of: user, publicKey: key.publicKey) {
                object = KeyObject.adding(signature, by: viewer, keyID, to: object)
            }
            return .encoded(object.lenientBytes())
        }
    }

    /// The identity keys with the device's name put in; the text is that of an object with members.
    static func fragment(_ keys: [UInt8], displayName: String?) -> JSONFragment {
        guard let displayName, keys.last == UInt8(ascii: "}") else { return .encoded(keys) }
        var bytes = keys
        bytes.removeLast()
        bytes.append(contentsOf: ",\"unsigned\":".utf8)
        JSONValue.object(["device_display_name": .string(displayName)]).appendBytes(to: &bytes)
        bytes.append(UInt8(ascii: "}"))
        return .encoded(bytes)
    }
}

/// The keys of several users, in the form of an answer.
struct KeyAnswer: Sendable {
    var users: [VisibleKeys] = []
    /// Servers that did not answer, and why.
    var failures: [String: JSONValue] = [:]

    var fragment: JSONFragment {
        let sorted = users.sorted { $0.user < $1.user }
        var members: [(String, JSONFragment)] = [
            ("device_keys", .object(sorted.map { ($0.user.description, .object($0.devices.map { ($0.device, $0.keys) })) })),
            ("failures", .value(.object(failures))),
        ]
        for (usage, member) in [
            (SigningKeyUsage.master, "master_keys"), (.selfSigning, "self_signing_keys"), (.userSigning, "user_signing_keys"),
        ] {
            members.append((member, .object(sorted.compactMap { user in user.signingKeys[usage].map { (user.user.description, $0) } })))
        }
        return .object(members)
    }

    /// What is told of a server that could not be asked.
    static func failure(_ reason: String) -> JSONValue {
        ["status": 503, "errcode": .string(ErrorCode.unknown.rawValue), "error": .string(reason)]
    }
}
