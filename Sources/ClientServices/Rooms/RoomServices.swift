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
    /// Runs beside the server.
    public let indexFollower: EventIndexFollower
    /// Runs beside the server.
    public let delayedEvents: DelayedEventSender
    /// Runs beside the server.
    public let guests: GuestWatch
    /// Runs beside the server.
    public let presenceKeeper: PresenceKeeper

    private let directory: DirectoryService
    private let spaces: SpaceService
    private let times: TimestampService
    private let invitations: InvitationService
    private let context: RoomServiceContext

    public init(
        rooms: RoomServer, remote: RemoteRooms, settings: RoomSettings, invitations: InvitationSettings = InvitationSettings(), logger: Logger
    ) {
        let serials = EphemeralSerials(startingAt: Int64(rooms.environment.nowMilliseconds()))
        let context = RoomServiceContext(
            rooms: rooms, remote: remote, settings: settings, caches: ReadCaches(erasures: rooms.erasures),
            typing: TypingBoard(serials: serials),
            presence: PresenceBoard(serverName: rooms.serverName, serials: serials, isEnabled: settings.showsPresence),
            circles: PresenceCircles(feed: rooms.feed))
        self.context = context
        let membership = MembershipService(context: context)
        let creation = CreationService(context: context, membership: membership)
        let shared = SyncShared(
            feed: rooms.feed, typing: context.typing, caches: context.caches, lazyMembers: LazyMembers(), serverName: rooms.serverName,
            presence: context.presence, circles: context.circles, monotonicMilliseconds: rooms.environment.monotonicMilliseconds,
            unread: UnreadBoard(database: rooms.database, serverName: rooms.serverName))
        var table = RouteTable()
        creation.bind(to: &table)
        membership.bind(to: &table)
        let sending = SendService(context: context, membership: membership)
        let waiting = DelayedEventQueue()
        delayedEvents = DelayedEventSender(context: context, queue: waiting, sending: sending, logger: logger)
        let delayed = DelayedEventService(context: context, queue: waiting, sender: delayedEvents)
        delayed.bind(to: &table)
        sending.bind(to: &table, delayed: delayed)
        PeekingService(context: context).bind(to: &table)
        guests = GuestWatch(context: context, logger: logger)
        StateService(context: context).bind(to: &table)
        TimelineService(context: context, logger: logger).bind(to: &table)
        RelationService(context: context).bind(to: &table)
        ThreadService(context: context).bind(to: &table)
        ThreadSubscriptionService(context: context).bind(to: &table)
        AliasService(context: context).bind(to: &table)
        let summaries = SummaryCache(caches: context.caches)
        directory = DirectoryService(context: context, summaries: summaries)
        directory.bind(to: &table)
        spaces = SpaceService(
            lookup: RoomLookup(
                context: context, summaries: summaries,
                remote: RemoteSpaces(remote: remote, serverName: rooms.serverName, environment: rooms.environment, logger: logger)))
        spaces.bind(to: &table)
        self.invitations = InvitationService(context: context, membership: membership, summaries: summaries, settings: invitations)
        self.invitations.bind(to: &table)
        MutualRoomService(context: context).bind(to: &table)
        ReceiptService(context: context).bind(to: &table)
        TypingService(context: context).bind(to: &table)
        UpgradeService(context: context, creation: creation).bind(to: &table)
        PresenceService(context: context).bind(to: &table)
        let indexer = EventIndexer(database: rooms.database)
        SearchService(context: context, indexer: indexer).bind(to: &table)
        times = TimestampService(context: context, indexer: indexer, logger: logger)
        times.bind(to: &table)
        ReportService(context: context, logger: logger).bind(to: &table)
        SyncService(context: context, shared: shared).bind(to: &table)
        NotificationService(context: context, shared: shared).bind(to: &table)
        SlidingSyncService(context: context, sync: shared).bind(to: &table)
        ThreadSubscriptionPages(context: context).bind(to: &table)
        routes = table
        inbox = RoomInbox(context: context)
        typingExpiry = TypingExpiry(context: context)
        indexFollower = EventIndexFollower(indexer: indexer, feed: rooms.feed, environment: rooms.environment, logger: logger)
        presenceKeeper = PresenceKeeper(context: context, logger: logger)
    }

    /// Throws 403 `M_INVITE_BLOCKED` where a user of this server takes no invites, for other servers.
    public func admitInvite(of invited: UserID, by sender: UserID) async throws {
        try await InvitePermission.check(invited, context.database)
    }

    /// What an invite link leads to; nil where it lets nobody in.
    public func invitation(_ code: String) async throws -> GetInvitation.Response? {
        do { return try await invitations.reader.invitation(code) } catch let error as MatrixError where error.code == .notFound { return nil }
    }

    /// Readies the server for the clients that come back after a start.
    public func rehearse(with authenticator: UserAuthenticator) async throws {
        try await SlidingRehearsal(context: context, authenticator: authenticator).run()
    }

    /// A space and its children, for another server (server-server API, "Spaces"); 404 where it may not know the room.
    public func hierarchy(of room: RoomID, suggestedOnly: Bool, for server: ServerName) async throws -> JSONValue {
        try await spaces.hierarchy(of: room, suggestedOnly: suggestedOnly, for: server)
    }

    /// The event of a room that is nearest to a moment, for another server (server-server API, "Retrieving events"); throws 403, 404.
    public func event(near query: TimestampQuery, in room: RoomID, for server: ServerName) async throws -> TimestampedEvent {
        try await times.event(query, in: room, for: server)
    }

    /// A page of this server's directory, for other servers (server-server API, "Public Room Directory").
    public func publicRooms(_ query: PeerPublicRoomsQuery) async throws -> JSONValue {
        try await directory.ownPage(query)
    }
}
