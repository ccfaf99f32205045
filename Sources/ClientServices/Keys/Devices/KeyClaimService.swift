import Database
import Federation
import Logging
import MatrixAPI
import MatrixModel
import Storage

/// Gives one-time keys, each once (client-server API, "One-time and fallback keys").
struct KeyClaimService: Sendable {
    let context: KeyContext
    let logger: Logger

    func bind(to table: inout RouteTable) {
        table.on(ClaimKeys.self) { _, request in JSONResponse(try await claim(request)) }
    }

    private func claim(_ request: ClaimKeys.Request) async throws -> JSONValue {
        let own = context.serverName
        let remote = Dictionary(grouping: request.claims.filter { $0.user.server != own }, by: \.user.server)
        let milliseconds = Deadline.bounded(request.timeoutMilliseconds)
        return try await withThrowingTaskGroup(of: (ServerName, JSONValue?).self) { group in
            for (server, claims) in remote {
                group.addTask { (server, await self.claim(claims, of: server, milliseconds: milliseconds)) }
            }
            var keys = try await KeyClaimer(database: context.database).claim(request.claims.filter { $0.user.server == own })
            var failures: JSONValue = [:]
            for try await (server, answer) in group {
                guard let answer else {
                    failures[server.description] = KeyAnswer.failure("The server could not be asked.")
                    continue
                }
                for (user, devices) in answer.object ?? [:] { keys[user] = devices }
            }
            return ["one_time_keys": keys, "failures": failures]
        }
    }

    /// What a server gives of what it was asked for; nil where it does not answer.
    private func claim(_ claims: [KeyClaim], of server: ServerName, milliseconds: Int) async -> JSONValue? {
        var body: JSONValue = [:]
        for claim in claims {
            var devices = body[claim.user.description] ?? [:]
            devices[claim.device] = .string(claim.algorithm)
            body[claim.user.description] = devices
        }
        do {
            let remote = context.remote
            let request: JSONValue = ["one_time_keys": body]
            let answer = try await Deadline.run(milliseconds: milliseconds, context.environment) { try await remote.claim(server, request) }
            guard let given = answer?["one_time_keys"], given.isObject else { return nil }
            var keys: JSONValue = [:]
            for claim in claims {
                guard let device = given[claim.user.description]?[claim.device], device.isObject else { continue }
                var devices = keys[claim.user.description] ?? [:]
                devices[claim.device] = device.value
                keys[claim.user.description] = devices
            }
            return keys
        } catch {
            logger.info("a server gives no one-time keys", metadata: ["server": "\(server)", "error": "\(error)"])
            return nil
        }
    }
}

/// Takes one-time keys of this server's users.
struct KeyClaimer: Sendable {
    let database: Database

    /// The keys by user, device and `<algorithm>:<key_id>`; answered once it is durable that nobody else gets them.
    func claim(_ claims: [KeyClaim]) async throws -> JSONValue {
        guard !claims.isEmpty else { return [:] }
        return try await database.write { transaction in
            let store = OneTimeKeyStore(transaction)
            var keys: JSONValue = [:]
            for claim in claims {
                guard let (keyID, key) = try store.claim(claim.algorithm, of: claim.user, device: claim.device) else { continue }
                var devices = keys[claim.user.description] ?? [:]
                devices[claim.device] = .object(["\(claim.algorithm):\(keyID)": key.value])
                keys[claim.user.description] = devices
            }
            return keys
        }
    }
}
