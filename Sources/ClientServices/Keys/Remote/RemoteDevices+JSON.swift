import MatrixModel
import Storage

extension RemoteDevices {
    /// Reads the answer of `GET …/user/devices/{userId}`; nil where it is not of that user.
    init?(deviceList answer: JSON, of user: UserID) {
        guard answer["user_id"]?.string == user.description, let stream = answer["stream_id"]?.integer, let list = answer["devices"], list.isArray
        else { return nil }
        let devices = list.elements.compactMap { device -> (device: String, keys: JSON)? in
            guard let id = device["device_id"]?.string, let keys = device["keys"] else { return nil }
            return RemoteDevices.device(id, keys, of: user)
        }
        self.init(
            user: user, stream: stream, devices: RemoteDevices.bounded(devices),
            signingKeys: RemoteDevices.signingKeys(of: user, master: answer["master_key"], selfSigning: answer["self_signing_key"]))
    }

    /// Reads a user's part of the answer of `POST …/user/keys/query`; nil where the user is missing.
    init?(keyQuery answer: JSON, of user: UserID) {
        let name = user.description
        let list = answer["device_keys"]?[name]
        let master = answer["master_keys"]?[name]
        guard list?.isObject == true || master != nil else { return nil }
        let devices = list?.members.compactMap { RemoteDevices.device($0.key, $0.value, of: user) } ?? []
        self.init(
            user: user, stream: nil, devices: RemoteDevices.bounded(devices),
            signingKeys: RemoteDevices.signingKeys(of: user, master: master, selfSigning: answer["self_signing_keys"]?[name]))
    }

    /// Identity keys of a remote user's device, without its name; nil where they are malformed or another's.
    static func device(_ id: String, _ keys: JSON, of user: UserID) -> (device: String, keys: JSON)? {
        guard !id.isEmpty, id.utf8.count <= KeyLimits.remoteNameBytes, keys.rawBytes.count <= KeyLimits.deviceKeysBytes,
            KeyObject.isDeviceKeys(keys, of: user, device: id)
        else { return nil }
        return (id, KeyObject.merging(keys, signaturesOf: user, from: nil))
    }

    /// The cross-signing keys that another server may tell, as far as they are of the right form.
    static func signingKeys(of user: UserID, master: JSON?, selfSigning: JSON?) -> [PublishedSigningKey] {
        [
            master.flatMap { PublishedSigningKey($0, usage: .master, of: user) },
            selfSigning.flatMap { PublishedSigningKey($0, usage: .selfSigning, of: user) },
        ]
        .compactMap { $0 }
    }

    private static func bounded(_ devices: [(device: String, keys: JSON)]) -> [(device: String, keys: JSON)] {
        Array(devices.sorted { $0.device < $1.device }.prefix(KeyLimits.remoteDevices))
    }
}
