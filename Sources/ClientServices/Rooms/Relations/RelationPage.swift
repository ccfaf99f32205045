import MatrixAPI
import MatrixModel
import Storage

/// A page of an event's children as one person sees them.
struct RelationPage {
    /// In the order of the direction, each with the person's membership at it.
    var events: [(stored: StoredEvent, membership: Membership?)] = []
    /// Where the next page begins, nil where there is none.
    var next: TimelineToken?

    /// Reads from a token on until the page is full, or the children, the scan or the stretch up to `stop` end.
    static func read(
        _ parent: StoredEvent, _ reader: RoomReader, _ access: RoomAccess, _ request: RelationsRequest, depth: Int, from: TimelineToken?,
        to stop: TimelineToken?, limit: Int
    ) throws -> RelationPage {
        var page = RelationPage()
        let ignored = try reader.ignoredSenders()
        var (after, before) = bounds(request.direction, from: from, to: stop)
        var scanned = 0
        while after < before {
            // One more than wanted tells whether there is a next page.
            let size = min(limit - page.events.count + 1, RoomLimits.readBatch)
            let children = try children(of: parent, reader, request, depth: depth, after: after, before: before, limit: size)
            for child in children {
                guard page.events.count < limit, scanned < RoomLimits.largestScan else {
                    page.next = TimelineToken(place: request.direction == .backward ? before - 1 : after)
                    return page
                }
                scanned += 1
                switch request.direction {
                case .backward: before = child.ordering
                case .forward: after = child.ordering
                }
                guard child.number != parent.number, let stored = try reader.events.event(number: child.number) else { continue }
                if stored.event.stateKey == nil, ignored.contains(stored.event.sender.description) { continue }
                let (isVisible, membership) = try reader.visibility(of: stored, access)
                if isVisible { page.events.append((stored, membership)) }
            }
            if children.count < size { break }
        }
        return page
    }

    private static func bounds(_ direction: PageDirection, from: TimelineToken?, to stop: TimelineToken?) -> (after: Int64, before: Int64) {
        func end(_ token: TimelineToken?) -> Int64 { token.map { $0.place == .max ? .max : $0.place + 1 } ?? .max }
        switch direction {
        case .backward: return (stop?.place ?? .min, end(from))
        case .forward: return (from?.place ?? .min, end(stop))
        }
    }

    private static func children(
        of parent: StoredEvent, _ reader: RoomReader, _ request: RelationsRequest, depth: Int, after: Int64, before: Int64, limit: Int
    ) throws -> [RelationStore.Child] {
        let store = RelationStore(reader.transaction)
        let newestFirst = request.direction == .backward
        guard depth > 1 else {
            return try store.children(
                of: parent.event.id, room: parent.room, type: request.relationType, eventType: request.eventType, after: after,
                before: before, newestFirst: newestFirst, limit: limit)
        }
        return try store.descendants(
            of: parent.event.id, room: parent.room, type: request.relationType, eventType: request.eventType, depth: depth, after: after,
            before: before, newestFirst: newestFirst, limit: limit)
    }
}
