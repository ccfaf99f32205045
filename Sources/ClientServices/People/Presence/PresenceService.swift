import Database
import MatrixAPI
import MatrixModel
import Storage

/// Reads and sets presence (client-server API, "Presence").
struct PresenceService: Sendable {
    let context: RoomServiceContext

    func bind(to table: inout RouteTable) {
        table.on(GetPresence.self) { caller, request in JSONResponse(try await presence(of: request.user, to: caller.user)) }
        table.on(SetPresence.self) { caller, request in
            guard request.user == caller.user else { throw MatrixError.forbidden("Another user's presence cannot be set.") }
            try await set(caller, try PresenceState.parse(request.presence, "presence"), status: request.status)
            return EmptyResponse()
        }
    }

    private func presence(of user: UserID, to viewer: UserID) async throws -> JSONValue {
        let presence = context.presence
        let stored = try await context.database.read { transaction -> StoredPresence? in
            guard try user == viewer || !MembershipStore(transaction).sharedRooms(viewer, user).isEmpty else {
                throw MatrixError.forbidden("You share no room with this user.")
            }
            return try PresenceStore(transaction).presence(of: user)
        }
        guard presence.isEnabled else { return ["presence": .string(PresenceState.offline.rawValue)] }
        if let known = presence.present(user, at: context.environment.monotonicMilliseconds()) {
            return PresenceReport(
                user: user, state: known.state, status: known.status ?? (user.server == context.serverName ? stored?.status : nil),
                lastActiveAgo: known.lastActiveAgo
            ).content
        }
        return PresenceReport(user: user, state: .offline, status: stored?.status, lastActiveAgo: nil).content
    }

    private func set(_ caller: UserCaller, _ state: PresenceState, status: String?) async throws {
        guard (status?.utf8.count ?? 0) <= PresenceLimits.statusBytes else {
            throw MatrixError.invalidParam("'status_msg' has at most \(PresenceLimits.statusBytes) bytes.")
        }
        guard context.presence.isEnabled else { return }
        let user = caller.user
        let text = status?.isEmpty == true ? nil : status
        try await context.database.write { try PresenceStore($0).setStatus(text, of: user) }
        context.presence.declare(
            user, device: RoomServiceContext.device(of: caller), state, status: text, at: context.environment.monotonicMilliseconds())
    }
}
