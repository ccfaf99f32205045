import Database
import MatrixAPI
import MatrixModel
import RoomServer
import Storage

/// Shows the rooms of spaces, and what single rooms are (client-server API, "Spaces").
struct SpaceService: Sendable {
    let lookup: RoomLookup

    private var context: RoomServiceContext { lookup.context }

    func bind(to table: inout RouteTable) {
        table.on(GetSpaceHierarchy.self) { caller, request in FragmentResponse(.value(try await hierarchy(caller.user, request))) }
        table.on(GetRoomSummary.self) { caller, request in JSONResponse(try await summary(caller.user?.user, request)) }
    }

    // MARK: Hierarchy

    private func hierarchy(_ user: UserID, _ request: GetSpaceHierarchy.Request) async throws -> JSONValue {
        let token = try request.from.map { text throws(MatrixError) in try HierarchyToken.parse(text) }
        let depth = min(request.maximumDepth ?? SpaceLimits.largestDepth, SpaceLimits.largestDepth)
        let start = token?.offset ?? 0
        if let token, token.room != request.roomID || token.maximumDepth != depth || token.isSuggestedOnly != request.isSuggestedOnly {
            throw MatrixError.invalidParam("The room, 'max_depth' and 'suggested_only' cannot change from page to page.")
        }
        let limit = min(request.limit ?? SpaceLimits.defaultPage, SpaceLimits.largestPage)
        var walk = HierarchyWalk(
            lookup, from: request.roomID, via: request.via, for: user, isSuggestedOnly: request.isSuggestedOnly, maximumDepth: depth)
        try await walk.advance(to: start + limit)
        guard !walk.rooms.isEmpty else { throw MatrixError.forbidden("You are not allowed to view this room.") }
        var body: JSONValue = ["rooms": .array(walk.rooms.dropFirst(start).map { $0.value(suggestedOnly: request.isSuggestedOnly) })]
        if walk.hasMore, walk.rooms.count > start {
            let next = HierarchyToken(
                room: request.roomID, maximumDepth: depth, isSuggestedOnly: request.isSuggestedOnly, offset: walk.rooms.count)
            body["next_batch"] = .string(next.description)
        }
        return body
    }

    // MARK: Summary

    private static let notFound = MatrixError.notFound("The room is not found.")

    private func summary(_ user: UserID?, _ request: GetRoomSummary.Request) async throws -> JSONValue {
        let (room, servers) = try await context.resolve(request.room)
        let via = request.via + servers.filter { !request.via.contains($0) }
        guard let summary = try await found(room, user, via: via) else { throw SpaceService.notFound }
        var value = summary.value
        // What the names were before they were specified.
        if let version = summary.version { value["im.nheko.summary.room_version"] = .string(version) }
        if let encryption = summary.encryption { value["im.nheko.summary.encryption"] = .string(encryption) }
        if let user {
            let membership = try await context.rooms.membership(of: user, in: room)
            value["membership"] = .string((membership ?? .leave).rawValue)
        }
        return value
    }

    private func found(_ room: RoomID, _ user: UserID?, via: [ServerName]) async throws -> RoomSummary? {
        switch try await lookup.standings(of: [room], for: user)[room] {
        case .visible(let summary): return summary
        case .hidden, nil: return nil
        case .elsewhere(let servers):
            let told = try await lookup.remote.told(
                of: room, suggestedOnly: false, via: via + servers.filter { !via.contains($0) }, milliseconds: SpaceLimits.remoteMilliseconds)
            if let told { return try await lookup.admits(user, to: told.summary) ? told.summary : nil }
            // What came along with an invite or a knock is better than nothing.
            guard let user else { return nil }
            return try await context.database.read { transaction in
                guard let row = try RoomStore(transaction).room(room),
                    let membership = try MembershipStore(transaction).membership(of: user, room: row.number),
                    membership.membership == .invite || membership.membership == .knock, let stripped = membership.stripped,
                    let state = try? JSON.parse(stripped)
                else { return nil }
                return RoomSummary(room: room, stripped: state)
            }
        }
    }

    // MARK: For other servers

    /// A space and its children, as another server may know them; 404 where it may not know the room.
    func hierarchy(of room: RoomID, suggestedOnly: Bool, for server: ServerName) async throws -> JSONValue {
        let summaries = lookup.summaries
        let listed = try await context.database.read { transaction -> (RoomSummary, accessible: [RoomSummary], hidden: [RoomID])? in
            let rooms = RoomStore(transaction)
            let admission = RoomAdmission(transaction: transaction)
            guard let row = try rooms.room(room), row.isParticipating else { return nil }
            let summary = try summaries.summary(row, transaction)
            guard try admission.admits(server, to: summary, row) else { return nil }
            var accessible: [RoomSummary] = []
            var hidden: [RoomID] = []
            for child in summary.children.filter({ !suggestedOnly || $0.isSuggested }).prefix(SpaceLimits.toldChildren) {
                guard let row = try rooms.room(child.room), row.isParticipating else { continue }
                let summary = try summaries.summary(row, transaction)
                if try admission.admits(server, to: summary, row) { accessible.append(summary) } else { hidden.append(child.room) }
            }
            return (summary, accessible, hidden)
        }
        guard let (summary, accessible, hidden) = listed, try await context.rooms.isAllowed(server, in: room) else { throw SpaceService.notFound }
        return [
            "room": summary.value(suggestedOnly: suggestedOnly), "children": .array(accessible.map(\.value)),
            "inaccessible_children": .array(hidden.map { .string($0.description) }),
        ]
    }
}
