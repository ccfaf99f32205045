import Database
import Federation
import MatrixAPI
import MatrixModel
import RoomServer
import Storage

/// Tells who is typing (client-server API, "Typing Notifications").
struct TypingService: Sendable {
    let context: RoomServiceContext

    func bind(to table: inout RouteTable) {
        table.on(SetTyping.self) { caller, request in
            guard caller.user == request.user else { throw MatrixError.forbidden("You can type for yourself alone.") }
            context.noteActivity(of: caller)
            try await set(caller.user, request)
            return EmptyResponse()
        }
    }

    private func set(_ user: UserID, _ request: SetTyping.Request) async throws {
        let own = context.serverName
        let room = request.roomID
        let (members, servers) = try await context.read(user) { reader in
            let number = try reader.joined(room).room.number
            return (
                try SyncQueries(reader.transaction).joinedUsers(room: number, of: own),
                try reader.memberships.servers(room: number).map(\.server).filter { $0 != own }
            )
        }
        let duration = min(max(1, request.timeoutMilliseconds ?? RoomLimits.defaultTypingMilliseconds), RoomLimits.longestTypingMilliseconds)
        let end = request.typing ? context.environment.monotonicMilliseconds() + duration : nil
        let isChanged = context.typing.set(user, in: room, until: end)
        if isChanged { context.feed.wake(members) }
        // Other servers forget typists by themselves, so that they are told again of those who go on.
        guard isChanged || request.typing, !servers.isEmpty else { return }
        context.remote.send(.typing(room: room, user: user, isTyping: request.typing), servers)
    }
}
