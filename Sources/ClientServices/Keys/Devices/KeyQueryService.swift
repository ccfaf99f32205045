import Database
import MatrixAPI
import MatrixModel
import Storage

/// Gives the keys of users, here and elsewhere (client-server API, "Tracking the device list for a user").
struct KeyQueryService: Sendable {
    let context: KeyContext
    let lists: RemoteDeviceLists

    func bind(to table: inout RouteTable) {
        table.on(QueryKeys.self) { caller, request in
            FragmentResponse(try await query(request.devices, for: caller.user, timeoutMilliseconds: request.timeoutMilliseconds).fragment)
        }
    }

    private func query(_ query: DeviceQuery, for viewer: UserID, timeoutMilliseconds: Int?) async throws -> KeyAnswer {
        let own = context.serverName
        let local = query.users.filter { $0.user.server == own }
        var answer = KeyAnswer()
        answer.users = try await context.database.read { transaction in
            let reader = KeyReader(transaction: transaction, viewer: viewer)
            return try local.compactMap { try reader.local($0.user, devices: $0.devices) }
        }
        let remote = query.users.filter { $0.user.server != own }
        guard !remote.isEmpty else { return answer }
        let (users, failures) = try await lists.keys(of: remote, for: viewer, timeoutMilliseconds: timeoutMilliseconds)
        answer.users += users
        answer.failures = failures
        return answer
    }
}
