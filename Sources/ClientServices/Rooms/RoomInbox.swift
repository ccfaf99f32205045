import Database
public import MatrixModel
import RoomServer
import Storage

/// Takes what other servers tell of their users' typing and reading; the sender is checked to speak for its own users in rooms it is in.
public struct RoomInbox: Sendable {
    let context: RoomServiceContext
    /// Receipts taken from one unit.
    private static let largestUnit = 1_000

    /// One `m.typing` unit (server-server API, "Typing Notifications").
    public func typing(_ content: JSON, from origin: ServerName) async throws {
        guard let room = content["room_id"]?.string.flatMap({ RoomID($0) }), let user = content["user_id"]?.string.flatMap({ UserID($0) }),
            let isTyping = content["typing"]?.bool, user.server == origin
        else { return }
        let own = context.serverName
        let members = try await context.database.read { transaction -> [UserID]? in
            guard let row = try RoomStore(transaction).room(room),
                try MembershipStore(transaction).membership(of: user, room: row.number)?.membership == .join
            else { return nil }
            return try SyncQueries(transaction).joinedUsers(room: row.number, of: own)
        }
        guard let members, !members.isEmpty else { return }
        let end = isTyping ? context.environment.monotonicMilliseconds() + RoomLimits.defaultTypingMilliseconds : nil
        if context.typing.set(user, in: room, until: end) { context.feed.wake(members) }
    }

    /// One `m.presence` unit (server-server API, "Presence").
    public func presence(_ content: JSON, from origin: ServerName) async throws {
        try await PresenceInbox(context: context).receive(content, from: origin)
    }

    /// One `m.receipt` unit (server-server API, "Receipts").
    public func receipts(_ content: JSON, from origin: ServerName) async throws {
        let now = context.environment.nowMilliseconds()
        var receipts: [Receipt] = []
        for (roomText, types) in content.members {
            // "m.read.private MUST NOT appear in this federated m.receipt EDU."
            guard let room = RoomID(roomText), let users = types["m.read"] else { continue }
            for (userText, receipt) in users.members where receipts.count < RoomInbox.largestUnit {
                guard let user = UserID(userText), user.server == origin,
                    let event = receipt["event_ids"]?[0]?.string.flatMap({ EventID($0) })
                else { continue }
                receipts.append(
                    Receipt(
                        room: room, type: "m.read", user: user, thread: receipt["data"]?["thread_id"]?.string, event: event,
                        timestamp: receipt["data"]?["ts"]?.integer ?? now))
            }
        }
        let candidates = receipts
        let known = try await context.database.read { transaction in
            try candidates.filter { receipt in
                guard let row = try RoomStore(transaction).room(receipt.room) else { return false }
                return try MembershipStore(transaction).membership(of: receipt.user, room: row.number)?.membership == .join
            }
        }
        if !known.isEmpty { try await ReceiptWriter(context: context).write(known, isPrivate: false) }
    }
}
