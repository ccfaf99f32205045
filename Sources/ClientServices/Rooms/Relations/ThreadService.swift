import Database
import MatrixAPI
import MatrixModel
import RoomGraph
import Storage

/// Lists the threads of rooms (client-server API, "Querying threads in a room").
struct ThreadService: Sendable {
    let context: RoomServiceContext

    func bind(to table: inout RouteTable) {
        table.on(GetThreads.self) { caller, request in FragmentResponse(try await threads(caller, request)) }
    }

    private func threads(_ caller: UserCaller, _ request: GetThreads.Request) async throws -> JSONFragment {
        let start = try request.from.map { text throws(MatrixError) in try TimelineToken.parse(text, "from") }
        let limit = min(request.limit ?? RoomLimits.defaultThreads, RoomLimits.largestThreads)
        let now = context.environment.nowMilliseconds()
        return try await context.read(caller.user) { reader in
            let access = try reader.access(to: request.roomID)
            let page = try ThreadPage.read(reader, access, request.include, from: start, limit: limit)
            let ignored = try reader.ignoredSenders()
            var members: [(String, JSONFragment)] = [
                (
                    "chunk",
                    .array(
                        try page.threads.map { thread in
                            // "If the thread root event was sent by an ignored user, the event is returned redacted to the caller."
                            let isIgnored = ignored.contains(thread.root.event.sender.description)
                            let event = try isIgnored ? ThreadService.cutDown(thread.root) : reader.clientEvent(thread.root)
                            return event.fragment(for: .init(now: now, membership: thread.membership, bundle: thread.bundle))
                        })
                )
            ]
            if let next = page.next { members.append(("next_batch", .string(next.description))) }
            return .object(members)
        }
    }

    private static func cutDown(_ stored: StoredEvent) -> ClientEvent {
        ClientEvent(Redaction.redact(stored.event), relation: .none, redaction: nil)
    }
}

/// A page of a room's threads as one person sees them, the one with the newest event first.
struct ThreadPage {
    struct Found {
        let root: StoredEvent
        /// The person's membership at the root.
        let membership: Membership?
        let bundle: Bundle
    }

    var threads: [Found] = []
    /// Where the next page begins, nil where there is none.
    var next: TimelineToken?

    static func read(
        _ reader: RoomReader, _ access: RoomAccess, _ include: GetThreads.Inclusion, from: TimelineToken?, limit: Int
    ) throws -> ThreadPage {
        var page = ThreadPage()
        let store = RelationStore(reader.transaction)
        var before = from.map { $0.place == .max ? .max : $0.place + 1 } ?? Int64.max
        var scanned = 0
        while true {
            let size = min(limit - page.threads.count + 1, RoomLimits.readBatch)
            let batch = try store.threads(room: access.room.number, before: before, limit: size)
            let wanted = min(batch.count, limit - page.threads.count)
            var roots: [(stored: StoredEvent, membership: Membership?)] = []
            for thread in batch.prefix(wanted) {
                guard let found = try reader.visible(thread.root, access) else { continue }
                if include == .participated, found.stored.event.sender != reader.user,
                    try !store.hasChild(of: thread.root, room: access.room.number, type: Relation.thread, by: reader.user)
                {
                    continue
                }
                roots.append(found)
            }
            let bundles = try reader.bundles(for: roots.map(\.stored), access)
            for root in roots {
                // Without one, all that is in the thread is by ignored people or hidden.
                guard let bundle = bundles[root.stored.number], bundle.thread != nil else { continue }
                page.threads.append(Found(root: root.stored, membership: root.membership, bundle: bundle))
            }
            scanned += wanted
            if let last = batch.prefix(wanted).last { before = last.latest }
            guard batch.count == size else {
                // The last batch was read to its end, or holds one more than fits.
                if batch.count > wanted { page.next = TimelineToken(place: before - 1) }
                return page
            }
            if page.threads.count >= limit || scanned >= RoomLimits.largestScan {
                page.next = TimelineToken(place: before - 1)
                return page
            }
        }
    }
}
