import Database
import MatrixAPI
import MatrixModel

/// Searches what was said in a person's rooms (client-server API, "Server Side Search").
struct SearchService: Sendable {
    let context: RoomServiceContext
    let indexer: EventIndexer

    func bind(to table: inout RouteTable) {
        table.on(SearchEvents.self) { caller, request in FragmentResponse(try await search(caller, request)) }
    }

    private func search(_ caller: UserCaller, _ request: SearchEvents.Request) async throws -> JSONFragment {
        guard let criteria = request.roomEvents else { return .object([("search_categories", .object([]))]) }
        let token = try request.nextBatch.map { text throws(MatrixError) in try SearchToken.parse(text) }
        // Who has just written something finds it.
        try await indexer.catchUp()
        let now = context.environment.nowMilliseconds()
        let device = RoomServiceContext.device(of: caller)
        return try await context.read(caller.user) { reader in
            let page = try EventSearch(reader: reader, criteria: criteria, token: token).page()
            return try SearchAnswer(reader: reader, criteria: criteria, page: page, now: now, device: device).fragment()
        }
    }
}
