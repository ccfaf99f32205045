import MatrixModel
import Storage

/// Finds what the children of a page's events come to for one person.
struct BundleReader {
    let reader: RoomReader
    let access: RoomAccess
    /// Users whose children do not count: "Servers must additionally ensure they do not consider child events from ignored users".
    let ignored: Set<String>

    private var relations: RelationStore { RelationStore(reader.transaction) }
    private var room: Int64 { access.room.number }
    /// The last place that the person may see.
    private var last: Int64 { access.present == .max ? .max : TimelineOrder.end(of: access.present) }

    /// The bundles of events whose children were counted, by event number.
    func bundles(of events: [StoredEvent], _ counts: [RelationStore.Count]) throws -> [Int64: Bundle] {
        let byParent = Dictionary(grouping: counts, by: \.parent)
        var threads: [Int64: ThreadFound] = [:]
        for stored in events {
            guard let count = byParent[stored.event.id]?.first(where: { $0.type == Relation.thread }) else { continue }
            threads[stored.number] = try thread(of: stored, count)
        }
        // "child events of the latest_event should themselves be aggregated"; being in a thread, it has none of its own.
        let inner = try reader.bundles(for: threads.values.map(\.latest), access)
        var bundles: [Int64: Bundle] = [:]
        for stored in events {
            guard let kinds = byParent[stored.event.id] else { continue }
            let bundle = Bundle(
                replacement: kinds.contains { $0.type == Relation.replacement } ? try replacement(of: stored) : nil,
                references: kinds.contains { $0.type == Relation.reference } ? try references(to: stored) : [],
                thread: try threads[stored.number].map { found in
                    Bundle.ThreadSummary(
                        latest: try told(found.latest, found.membership, inner[found.latest.number]), count: found.count,
                        isParticipant: found.isParticipant)
                })
            if !bundle.isEmpty { bundles[stored.number] = bundle }
        }
        return bundles
    }

    private func told(_ stored: StoredEvent, _ membership: Membership?, _ bundle: Bundle?) throws -> Bundle.Told {
        Bundle.Told(event: try reader.clientEvent(stored), membership: membership, bundle: bundle)
    }

    // MARK: Edits

    /// The most recent valid edit that the person may see.
    private func replacement(of stored: StoredEvent) throws -> Bundle.Told? {
        // "If the original event is redacted, any m.replace relationship should not be bundled with it".
        guard !stored.flags.contains(.redacted), stored.redaction == nil, !ignored.contains(stored.event.sender.description),
            // "The original event must not, itself, have a rel_type of m.replace".
            stored.event.content["m.relates_to"]?["rel_type"]?.equals("m.replace") != true
        else { return nil }
        for number in try relations.replacements(of: stored.event, room: room, through: last, limit: BundleReader.editsTried) {
            guard let edit = try reader.events.event(number: number) else { continue }
            let (isVisible, membership) = try reader.visibility(of: edit, access)
            if isVisible { return try told(edit, membership, nil) }
        }
        return nil
    }

    /// Edits looked at for one that the person may see.
    private static let editsTried = 10

    // MARK: References

    private func references(to stored: StoredEvent) throws -> [EventID] {
        try relations.identifiers(
            of: stored.event.id, room: room, type: Relation.reference, through: last, limit: BundleReader.largestChunk
        ) { !ignored.contains($0) }
    }

    /// References that are told with one event; all of them are had from `/relations`.
    private static let largestChunk = 1_000

    // MARK: Threads

    private struct ThreadFound {
        let latest: StoredEvent
        let membership: Membership?
        let count: Int
        let isParticipant: Bool
    }

    private func thread(of stored: StoredEvent, _ total: RelationStore.Count) throws -> ThreadFound? {
        // "It is not possible to create a thread from an event which itself is the child of an event relationship".
        guard stored.event.content["m.relates_to"]?["rel_type"] == nil else { return nil }
        let root = stored.event.id
        guard let (latest, membership) = try latestEvent(of: root) else { return nil }
        let count =
            ignored.isEmpty && last >= total.latest
            ? total.children : try relations.count(of: root, room: room, type: Relation.thread, through: last) { !ignored.contains($0) }
        let isParticipant =
            try stored.event.sender == reader.user || relations.hasChild(of: root, room: room, type: Relation.thread, by: reader.user)
        return ThreadFound(latest: latest, membership: membership, count: count, isParticipant: isParticipant)
    }

    /// "the most recent event (topologically to the server) in the thread sent by an un-ignored user", as far as the person may see it.
    private func latestEvent(of root: EventID) throws -> (StoredEvent, Membership?)? {
        var before = last == .max ? Int64.max : last + 1
        var size = 1
        var tried = 0
        while tried < BundleReader.repliesTried {
            let children = try relations.children(
                of: root, room: room, type: Relation.thread, eventType: nil, after: .min, before: before, newestFirst: true, limit: size)
            for child in children {
                before = child.ordering
                guard let stored = try reader.events.event(number: child.number), !ignored.contains(stored.event.sender.description) else {
                    continue
                }
                let (isVisible, membership) = try reader.visibility(of: stored, access)
                if isVisible { return (stored, membership) }
            }
            guard children.count == size else { return nil }
            tried += size
            size = 20
        }
        return nil
    }

    /// Events of a thread looked at for one that the person may see.
    private static let repliesTried = 100
}

extension RoomReader {
    /// What is told of the children of those events of one room, by event number; one query where none has any.
    ///
    /// Whoever shows events to clients hands the bundle of each to `ClientEvent.Reader`: pages of `/messages`, `/context`, `/relations` and
    /// `/threads`, hits of a search (room by room), and the timelines of both kinds of sync where they are `limited` or of a room that the
    /// client does not have. An unlimited stretch of a timeline needs none: the client has the parents and is sent the children.
    func bundles(for events: [StoredEvent], _ access: RoomAccess) throws -> [Int64: Bundle] {
        // "State events do not currently receive bundled aggregations."
        let parents = events.filter { $0.event.stateKey == nil && $0.flags.isShown }
        guard !parents.isEmpty else { return [:] }
        let counts = try RelationStore(transaction).counts(of: parents.map(\.event.id), room: access.room.number)
        guard !counts.isEmpty else { return [:] }
        return try BundleReader(reader: self, access: access, ignored: ignoredSenders()).bundles(of: parents, counts)
    }

    /// The same for the newest events of a room, all of which after the first are in memory: an event of this server whose children would have
    /// to be among them, and are not, is not asked for.
    func bundles(
        for events: [StoredEvent], _ access: RoomAccess, remembered: [StoredEvent]?, serverName: ServerName
    ) throws -> [Int64: Bundle] {
        guard let remembered else { return try bundles(for: events, access) }
        let named = Set(remembered.compactMap { Relation(of: $0.event)?.parent })
        return try bundles(for: events.filter { $0.event.sender.server != serverName || named.contains($0.event.id) }, access)
    }

    /// The users of the person's `m.ignored_user_list` (client-server API, "Ignoring Users").
    func ignoredSenders() throws -> Set<String> {
        guard let list = try AccountDataStore(transaction).content("m.ignored_user_list", user: user)?["ignored_users"] else { return [] }
        return Set(list.members.map(\.key))
    }
}
