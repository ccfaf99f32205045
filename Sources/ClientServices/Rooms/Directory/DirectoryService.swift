import Database
import MatrixAPI
import MatrixModel
import Storage

/// The directory of published rooms (client-server API, "Published room directory").
struct DirectoryService: Sendable {
    let context: RoomServiceContext

    func bind(to table: inout RouteTable) {
        table.on(GetPublicRooms.self) { _, request in
            guard context.settings.directoryIsOpen else { throw MatrixError(401, .missingToken, "The directory is for members of this server.") }
            return FragmentResponse(
                .value(try await page(limit: request.limit, since: request.since, server: request.server, filter: .none, others: nil)))
        }
        table.on(QueryPublicRooms.self) { _, request in
            let others = (all: request.includeAllNetworks, instance: request.thirdPartyInstanceID)
            return FragmentResponse(
                .value(
                    try await page(limit: request.limit, since: request.since, server: request.server, filter: request.filter, others: others)))
        }
        table.on(GetDirectoryVisibility.self) { _, request in
            GetDirectoryVisibility.Response(
                visibility: try await context.database.read { transaction in
                    guard try RoomStore(transaction).room(request.roomID) != nil else { throw DirectoryService.unknown(request.roomID) }
                    return try PublicRoomStore(transaction).isPublished(request.roomID) ? .public : .private
                })
        }
        table.on(SetDirectoryVisibility.self) { caller, request in
            try await set(caller, request.roomID, request.visibility)
            return EmptyResponse()
        }
    }

    private static func unknown(_ room: RoomID) -> MatrixError { .notFound("The room \(room) is not known here.") }

    private func page(
        limit: Int?, since: String?, server: ServerName?, filter: PublicRoomFilter, others: (all: Bool, instance: String?)?
    ) async throws -> JSONValue {
        if let server, server != context.serverName {
            return try await context.remote.publicRooms(
                server,
                PeerPublicRoomsQuery(
                    limit: limit, since: since, searchTerm: filter.searchTerm, roomTypes: filter.roomTypes,
                    includesAllNetworks: others?.all ?? false, thirdPartyInstance: others?.instance))
        }
        return try await DirectoryPage.read(limit: limit, since: since, filter: filter, context)
    }

    /// A page of this server's own directory.
    func ownPage(_ query: PeerPublicRoomsQuery) async throws -> JSONValue {
        try await DirectoryPage.read(
            limit: query.limit, since: query.since, filter: PublicRoomFilter(searchTerm: query.searchTerm, roomTypes: query.roomTypes), context)
    }

    private func set(_ caller: UserCaller, _ room: RoomID, _ visibility: DirectoryVisibility) async throws {
        try await context.read(caller.user) { reader in
            guard try RoomStore(reader.transaction).room(room) != nil else { throw DirectoryService.unknown(room) }
            guard try caller.isAdmin || reader.mayManageAliases(of: room) else {
                throw MatrixError.forbidden("You may not change this room's place in the directory.")
            }
        }
        let now = context.environment.nowMilliseconds()
        try await context.database.write { transaction in
            switch visibility {
            case .public: try PublicRoomStore(transaction).publish(room, at: now)
            case .private: try PublicRoomStore(transaction).unpublish(room)
            }
        }
    }
}

/// A page of this server's directory: the rooms with most members first.
enum DirectoryPage {
    /// The answer's body; 400 `M_INVALID_PARAM` for a token that is none of ours.
    static func read(limit: Int?, since: String?, filter: PublicRoomFilter, _ context: RoomServiceContext) async throws -> JSONValue {
        var start = 0
        if let since, !since.isEmpty {
            guard since.utf8.first == UInt8(ascii: "p"), let offset = Int(since.dropFirst()), offset >= 0 else {
                throw MatrixError.invalidParam("'since' is not a token of this server.")
            }
            start = offset
        }
        let size = min(max(1, limit ?? RoomLimits.defaultDirectoryPage), RoomLimits.largestDirectoryPage)
        let caches = context.caches
        // The directory is read for nobody in particular: it shows what every stranger may know.
        let entries = try await context.database.read { transaction in
            try PublicRoomStore(transaction).rooms().compactMap { try DirectoryEntry.read($0, transaction, caches) }
        }
        let found = entries.filter { $0.passes(filter) }.sorted { ($1.joinedMembers, $0.room) < ($0.joinedMembers, $1.room) }
        let end = min(start + size, found.count)
        var body: JSONValue = [
            "chunk": .array(start < end ? found[start..<end].map(\.value) : []), "total_room_count_estimate": .integer(found.count),
        ]
        if end < found.count { body["next_batch"] = .string("p\(end)") }
        if start > 0 { body["prev_batch"] = .string("p\(max(0, start - size))") }
        return body
    }
}
