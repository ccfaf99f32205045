import Database
import MatrixAPI
import MatrixModel
import Storage

/// Shows the children of events (client-server API, "Relationships API").
struct RelationService: Sendable {
    let context: RoomServiceContext

    func bind(to table: inout RouteTable) {
        table.on(GetRelations.self) { caller, request in FragmentResponse(try await children(caller, request)) }
        table.on(GetRelationsOfType.self) { caller, request in FragmentResponse(try await children(caller, request)) }
        table.on(GetRelationsOfEventType.self) { caller, request in FragmentResponse(try await children(caller, request)) }
    }

    private func children(_ caller: UserCaller, _ request: RelationsRequest) async throws -> JSONFragment {
        let start = try request.from.map { text throws(MatrixError) in try TimelineToken.parse(text, "from") }
        let stop = try request.to.map { text throws(MatrixError) in try TimelineToken.parse(text, "to") }
        let limit = min(max(1, request.limit ?? RoomLimits.defaultRelations), RoomLimits.largestPage)
        let now = context.environment.nowMilliseconds()
        let device = RoomServiceContext.device(of: caller)
        return try await context.read(caller.user) { reader in
            // "The parent event was not found or the user does not have permission to read this event".
            let missing = MatrixError.notFound("There is no event \(request.eventID) that you may see.")
            guard let room = try RoomStore(reader.transaction).room(request.roomID) else { throw missing }
            let access = try reader.access(to: room)
            guard let parent = try reader.visible(request.eventID, access) else { throw missing }
            let depth = request.recurses ? RoomLimits.relationDepth : 1
            let page = try RelationPage.read(
                parent.stored, reader, access, request, depth: depth, from: start, to: stop, limit: limit)
            var members: [(String, JSONFragment)] = [
                ("chunk", .array(try TimelinePage(events: page.events).fragments(reader, access, now: now, device: device)))
            ]
            if let next = page.next { members.append(("next_batch", .string(next.description))) }
            if let from = request.from { members.append(("prev_batch", .string(from))) }
            if request.recurses {
                members.append(("recursion_depth", .integer(depth)))
                if request.recursesByUnstableName { members.append(("org.matrix.msc3981.recursion_depth", .integer(depth))) }
            }
            return .object(members)
        }
    }
}
