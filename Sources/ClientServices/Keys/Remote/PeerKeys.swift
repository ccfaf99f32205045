import Database
import MatrixAPI
public import MatrixModel
import Storage

/// Answers other servers' questions for the keys of this server's users (server-server API, "End-to-End Encryption").
public struct PeerKeys: Sendable {
    let context: KeyContext

    /// The body of `GET …/user/devices/{userId}`; 404 where there is no such account.
    public func devices(of user: UserID) async throws -> JSONValue {
        try await context.database.read { transaction in
            guard try AccountStore(transaction).exists(user) else { throw MatrixError.notFound("There is no such user.") }
            let devices = try DeviceKeyStore(transaction).devices(of: user).map { device -> JSONValue in
                ["device_id": .string(device.device), "keys": try JSON.parse(device.keys).value]
            }
            var body: JSONValue = [
                "user_id": .string(user.description), "stream_id": .integer(Int(try DeviceListStore(transaction).lastChange(of: user))),
                "devices": .array(devices),
            ]
            for (usage, member) in [(SigningKeyUsage.master, "master_key"), (.selfSigning, "self_signing_key")] {
                body[member] = try SigningKeyStore(transaction).key(usage, of: user)?.key.value
            }
            return body
        }
    }

    /// The body of `POST …/user/keys/query`; users of other servers are nobody's.
    public func query(_ body: JSON) async throws -> JSONValue {
        let query = try DeviceQuery(body)
        let own = context.serverName
        let users = try await context.database.read { transaction in
            let reader = KeyReader(transaction: transaction, viewer: nil)
            return try query.users.filter { $0.user.server == own }.compactMap { try reader.local($0.user, devices: $0.devices) }
        }
        var bytes: [UInt8] = []
        KeyAnswer(users: users).fragment.append(to: &bytes)
        var answer = try JSON.parse(bytes).value
        answer["failures"] = nil
        answer["user_signing_keys"] = nil
        return answer
    }

    /// The body of `POST …/user/keys/claim`; users of other servers are nobody's.
    public func claim(_ body: JSON) async throws -> JSONValue {
        let own = context.serverName
        let claims = try KeyClaim.read(body).filter { $0.user.server == own }
        return ["one_time_keys": try await KeyClaimer(database: context.database).claim(claims)]
    }
}
