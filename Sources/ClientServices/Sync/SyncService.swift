import Database
import MatrixAPI
import MatrixModel
import RoomServer
import Storage

/// Tells clients what happened, or waits until something does (client-server API, "Syncing").
struct SyncService: Sendable {
    let context: RoomServiceContext
    let shared: SyncShared

    func bind(to table: inout RouteTable) {
        table.on(MatrixAPI.Sync.self) { caller, request in
            FragmentResponse(try await sync(caller, request))
        }
    }

    private func sync(_ caller: UserCaller, _ request: MatrixAPI.Sync.Request) async throws -> JSONFragment {
        var query = try await query(caller, request)
        let declared = try request.setPresence.map { text throws(MatrixError) in try PresenceState.parse(text, "set_presence") }
        context.presence.syncBegan(query.user, device: query.device, declared: declared, at: context.environment.monotonicMilliseconds())
        defer { context.presence.syncEnded(query.user, device: query.device, at: context.environment.monotonicMilliseconds()) }
        let environment = context.environment
        let timeout = query.showsUnchangedRooms ? 0 : min(request.timeoutMilliseconds, RoomLimits.longestSyncMilliseconds)
        let end = timeout > 0 ? environment.monotonicMilliseconds() + timeout : 0
        var isAcknowledged = false
        while true {
            let wakes = context.feed.wakes
            var answer = try await read(query)
            if answer.devices.hasAcknowledged, !isAcknowledged {
                isAcknowledged = true
                acknowledge(query)
            }
            guard answer.isEmpty, timeout > 0 else { return answer.fragment(query) }
            // Nothing so far concerns the person: the next look begins where this one ended.
            query.since = answer.token
            let left = end - environment.monotonicMilliseconds()
            guard left > 0 else { return answer.fragment(query) }
            if shared.typing.serial > answer.token.typing { continue }
            let waited = await context.feed.news(
                for: query.user, after: answer.token.position, wakes: wakes, timeoutMilliseconds: left, environment: environment)
            try Task.checkCancellation()
            // What happened to others meanwhile need not be looked through.
            answer.token.advance(to: waited.quietThrough)
            query.since = answer.token
            if !waited.hasNews { return answer.fragment(query) }
        }
    }

    /// "the server should infer that any send-to-device messages in that response have been delivered successfully, and delete them"
    ///
    /// Nobody waits for it: what the client's token has is not told again anyway.
    private func acknowledge(_ query: SyncQuery) {
        guard let through = query.since?.deviceMessages else { return }
        context.database.submit { try DeviceMessageStore($0).remove(for: query.device, of: query.user, through: through) }
    }

    private func read(_ query: SyncQuery) async throws -> SyncAnswer {
        let shared = shared
        let now = context.environment.nowMilliseconds()
        return try await context.database.read { try SyncReader.read(query, shared, $0, now: now) }
    }

    private func query(_ caller: UserCaller, _ request: MatrixAPI.Sync.Request) async throws -> SyncQuery {
        var since: SyncToken?
        if let text = request.since {
            guard let token = SyncToken(text) else { throw MatrixError.invalidParam("'since' is not a token of this server.") }
            since = token
        }
        return SyncQuery(
            user: caller.user, device: RoomServiceContext.device(of: caller), since: since,
            filter: try await filter(request.filter, caller.user), fullState: request.fullState, stateForm: request.stateForm)
    }

    private func filter(_ reference: MatrixAPI.Sync.FilterReference, _ user: UserID) async throws -> SyncFilter {
        switch reference {
        case .everything: return .everything
        case .inline(let filter): return filter
        case .stored(let name):
            guard let number = Int(name) else { throw MatrixError.invalidParam("There is no filter '\(name)'.") }
            guard let filter = try await context.database.read({ try FilterStore($0).filter(number, user: user) }) else {
                throw MatrixError.invalidParam("There is no filter '\(name)'.")
            }
            return try SyncFilter(filter)
        }
    }
}
