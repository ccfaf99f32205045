import Database
import Logging
import MatrixModel
import RoomServer
import Storage

/// What happens in a person's rooms because of their account: a new profile is announced, a deactivated account leaves.
struct OwnMemberships: Sendable {
    let rooms: RoomServer
    let logger: Logger

    /// Sends the profile to every room that the user is joined to (client-server API, "Events on Change of Profile Information").
    ///
    /// A room that refuses it keeps the old one.
    func announce(_ profile: (displayName: String?, avatarURL: String?), of user: UserID) async throws {
        var content: JSONValue = ["membership": "join"]
        content["displayname"] = profile.displayName.map(JSONValue.string)
        content["avatar_url"] = profile.avatarURL.map(JSONValue.string)
        await send(content, of: user, to: try await roomIDs(of: user) { $0 == .join })
    }

    /// Leaves every room and refuses every invitation.
    func leaveAll(_ user: UserID) async {
        do {
            await send(["membership": "leave"], of: user, to: try await roomIDs(of: user) { $0 == .join || $0 == .invite || $0 == .knock })
        } catch {
            logger.warning("a deactivated account's rooms cannot be read", metadata: ["error": "\(error)"])
        }
    }

    private func roomIDs(of user: UserID, where matches: @escaping @Sendable (Membership) -> Bool) async throws -> [RoomID] {
        try await rooms.database.read { transaction in
            let store = RoomStore(transaction)
            return try MembershipStore(transaction).memberships(of: user).filter { matches($0.membership) }
                .compactMap { try store.room(number: $0.room)?.id }
        }
    }

    private func send(_ content: JSONValue, of user: UserID, to ids: [RoomID]) async {
        await withTaskGroup(of: Void.self) { group in
            var waiting = ids.makeIterator()
            for _ in 0..<AccountLimits.concurrentAnnouncements {
                guard let id = waiting.next() else { break }
                group.addTask { await send(content, of: user, to: id) }
            }
            while await group.next() != nil {
                guard let id = waiting.next() else { continue }
                group.addTask { await send(content, of: user, to: id) }
            }
        }
    }

    private func send(_ content: JSONValue, of user: UserID, to id: RoomID) async {
        do {
            _ = try await rooms.append(
                NewEvent(type: "m.room.member", stateKey: user.description, sender: user, content: content), to: id)
        } catch {
            logger.notice("a room refuses a member's change", metadata: ["room": "\(id)", "error": "\(error)"])
        }
    }
}
