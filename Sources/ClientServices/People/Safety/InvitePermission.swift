import Database
import MatrixModel
import Storage

extension ErrorCode {
    /// The invited user takes no invites (client-server API, "Invite permission").
    static let inviteBlocked = ErrorCode(rawValue: "M_INVITE_BLOCKED")
}

/// Whether a person takes invites (client-server API, "Invite permission").
enum InvitePermission {
    /// The account data that tells, and the name that it had before it was specified.
    private static let types = ["m.invite_permission_config", "org.matrix.msc4380.invite_permission_config"]

    /// Whether a local user refuses all invites.
    static func isBlocking(_ user: UserID, _ transaction: Transaction) throws -> Bool {
        let store = AccountDataStore(transaction)
        for type in types {
            guard let content = try store.content(type, user: user) else { continue }
            return content["default_action"]?.equals("block") == true
        }
        return false
    }

    /// Throws 403 `M_INVITE_BLOCKED` where a local user refuses invites.
    static func check(_ user: UserID, _ database: Database) async throws {
        guard try await database.read({ try isBlocking(user, $0) }) else { return }
        throw MatrixError(403, .inviteBlocked, "This user takes no invites.")
    }
}
