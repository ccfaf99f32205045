import Database
import MatrixModel
import Storage

/// Takes what other servers tell of their users' presence (server-server API, "Presence").
struct PresenceInbox: Sendable {
    let context: RoomServiceContext

    /// One `m.presence` unit: of users who are of that server, and in a room with somebody of this one.
    func receive(_ content: JSON, from origin: ServerName) async throws {
        guard context.presence.isEnabled, let push = content["push"] else { return }
        var updates: [UserID: JSON] = [:]
        for update in push.elements.prefix(PresenceLimits.largestUnit) {
            guard let user = update["user_id"]?.string.flatMap({ UserID($0) }), user.server == origin else { continue }
            updates[user] = update
        }
        guard !updates.isEmpty else { return }
        let circles = context.circles
        let named = updates.keys.sorted()
        let known = try await context.database.read { transaction in try named.filter { try !circles.rooms(of: $0, transaction).isEmpty } }
        let now = context.environment.monotonicMilliseconds()
        for user in known {
            guard let update = updates[user], let state = update["presence"]?.string.flatMap({ PresenceState(rawValue: $0) }) else { continue }
            let status = update["status_msg"]?.string.flatMap { $0.utf8.count <= PresenceLimits.statusBytes && !$0.isEmpty ? $0 : nil }
            let ago = update["last_active_ago"]?.integer.map { min(max(0, $0), now) }
            context.presence.hear(user, state, status: status, lastActive: ago.map { now - $0 }, at: now)
        }
    }
}
