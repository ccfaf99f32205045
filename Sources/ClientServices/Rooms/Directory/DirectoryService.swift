import Database
import MatrixAPI
import MatrixModel
import Storage

/// The directory of published rooms (client-server API, "Published room directory").
struct DirectoryService: Sendable {
    let context: RoomServiceContext
    let summaries: SummaryCache

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
        table.on(SetNetworkDirectoryVisibility.self) { caller, request in
            try await set(caller, request)
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
        let list = try DirectoryList(includesAllNetworks: others?.all ?? false, instance: others?.instance)
        return try await DirectoryPage.read(limit: limit, since: since, filter: filter, list: list, context.database, summaries)
    }

    /// A page of this server's own directory.
    func ownPage(_ query: PeerPublicRoomsQuery) async throws -> JSONValue {
        try await DirectoryPage.read(
            limit: query.limit, since: query.since, filter: PublicRoomFilter(searchTerm: query.searchTerm, roomTypes: query.roomTypes),
            list: DirectoryList(includesAllNetworks: query.includesAllNetworks, instance: query.thirdPartyInstance), context.database, summaries)
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

    /// "This API cannot be invoked by users who are not identified as application services."
    private func set(_ caller: UserCaller, _ request: SetNetworkDirectoryVisibility.Request) async throws {
        guard let service = caller.applicationService else { throw MatrixError.forbidden("Only application services list rooms of networks.") }
        let now = context.environment.nowMilliseconds()
        try await context.database.write { transaction in
            guard try RoomStore(transaction).room(request.roomID) != nil else { throw DirectoryService.unknown(request.roomID) }
            let rooms = NetworkRoomStore(transaction)
            switch request.visibility {
            case .public: try rooms.publish(request.roomID, service: service, network: request.network, at: now)
            case .private: try rooms.unpublish(request.roomID, service: service, network: request.network)
            }
        }
    }
}
