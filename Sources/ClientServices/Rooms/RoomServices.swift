import Database
public import Logging
public import MatrixAPI
public import MatrixModel
public import RoomServer

/// Everything that people do with rooms: making, joining, talking, reading, syncing.
public struct RoomServices: Sendable {
    /// The endpoints, bound.
    public let routes: RouteTable
    /// Takes what other servers tell of typing and receipts.
    public let inbox: RoomInbox
    /// Runs beside the server.
    public let typingExpiry: TypingExpiry

    private let directory: DirectoryService

    public init(rooms: RoomServer, remote: RemoteRooms, settings: RoomSettings, logger: Logger) {
        let context = RoomServiceContext(
            rooms: rooms, remote: remote, settings: settings, caches: ReadCaches(),
            typing: TypingBoard(startingAt: Int64(rooms.environment.nowMilliseconds())))
        let membership = MembershipService(context: context)
        let creation = CreationService(context: context, membership: membership)
        let shared = SyncShared(
            feed: rooms.feed, typing: context.typing, caches: context.caches, lazyMembers: LazyMembers(), serverName: rooms.serverName)
        var table = RouteTable()
        creation.bind(to: &table)
        membership.bind(to: &table)
        SendService(context: context, membership: membership).bind(to: &table)
        StateService(context: context).bind(to: &table)
        TimelineService(context: context, logger: logger).bind(to: &table)
        AliasService(context: context).bind(to: &table)
        directory = DirectoryService(context: context)
        directory.bind(to: &table)
        ReceiptService(context: context).bind(to: &table)
        TypingService(context: context).bind(to: &table)
        UpgradeService(context: context, creation: creation).bind(to: &table)
        ReportService(context: context, logger: logger).bind(to: &table)
        SyncService(context: context, shared: shared).bind(to: &table)
        routes = table
        inbox = RoomInbox(context: context)
        typingExpiry = TypingExpiry(context: context)
    }

    /// A page of this server's directory, for other servers (server-server API, "Public Room Directory").
    public func publicRooms(_ query: PeerPublicRoomsQuery) async throws -> JSONValue {
        try await directory.ownPage(query)
    }
}
