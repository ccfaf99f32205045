import Database
import MatrixAPI
import MatrixModel
import Storage

/// Lists what a person was notified about (client-server API, "Listing Notifications").
struct NotificationService: Sendable {
    let context: RoomServiceContext
    let shared: SyncShared

    func bind(to table: inout RouteTable) {
        table.on(GetNotifications.self) { caller, request in FragmentResponse(try await page(caller, request)) }
    }

    private func page(_ caller: UserCaller, _ request: GetNotifications.Request) async throws -> JSONFragment {
        var before = Position.max
        if let text = request.from, !text.isEmpty {
            guard let position = Position(text), position > 0 else { throw MatrixError.invalidParam("'from' is not a token of this server.") }
            before = position
        }
        let limit = min(max(1, request.limit ?? UnreadLimits.defaultPage), UnreadLimits.largestPage)
        let shared = shared
        let now = context.environment.nowMilliseconds()
        let start = before
        return try await context.read(caller.user) { reader in
            try NotificationReader(reader: reader, shared: shared, now: now)
                .page(before: start, limit: limit, onlyHighlights: request.onlyHighlights)
        }
    }
}
