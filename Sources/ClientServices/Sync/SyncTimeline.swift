import MatrixAPI
import MatrixModel
import Storage

/// A stretch of a room's timeline as one person sees it, oldest first.
struct SyncTimeline {
    /// Each event with the person's membership at it.
    var events: [(stored: StoredEvent, membership: Membership?)] = []
    /// Whether events before these are left out.
    var isLimited = false

    /// The numbers of the events.
    var numbers: Set<Int64> { Set(events.map { $0.stored.number }) }
}

extension SyncReader {
    /// The newest events up to `through`: those after a position, or however old where it is nil.
    func timeline(
        _ access: RoomAccess, after: Position?, through: Position, remembered: [StoredEvent]?, limit: Int? = nil
    ) throws -> SyncTimeline {
        let filter = query.filter.room.timeline
        guard filter.admits(room: access.room.id.description) else { return SyncTimeline() }
        let limit = limit ?? query.timelineLimit
        var result = SyncTimeline()
        var scanned = 0
        var gaps: Set<Int64>?
        var source = TimelineSource(
            events: reader.events, room: access.room.number, after: after, through: through, batch: min(limit + 1, RoomLimits.readBatch),
            remembered: remembered)
        while let stored = try source.next() {
            scanned += 1
            // Without the state before it, an event cannot begin a timeline: older history comes by paging.
            if stored.before == nil, stored.event.type != "m.room.create" { result.isLimited = true; break }
            guard scanned <= RoomLimits.largestScan else { result.isLimited = true; break }
            guard filter.admits(stored.event), !isIgnored(stored),
                try !filter.asksForChildren || !reader.related([stored], access, filter).isEmpty
            else { continue }
            if filter.asksForChildren, try reader.related([stored], access, filter).isEmpty { continue }
            let (isVisible, membership) = try reader.visibility(of: stored, access)
            guard isVisible else {
                // State that the person may not have seen change would be undone by an older event of the timeline: it begins after that.
                if stored.slot != nil { result.isLimited = true; break }
                continue
            }
            guard result.events.count < limit else { result.isLimited = true; break }
            result.events.append((stored, membership))
            // What another server's event, or a join through another server, lacks of its history would be a silent hole before it.
            if stored.event.origin != shared.serverName || stored.event.membership == .join {
                if gaps == nil { gaps = Set(try reader.events.missing(room: access.room.number).map(\.namedBy)) }
                if gaps?.contains(stored.number) == true { result.isLimited = true; break }
            }
        }
        result.events.reverse()
        return result
    }

    /// "Once ignored, the client will no longer receive events sent by that user, with the exception of state events."
    private func isIgnored(_ stored: StoredEvent) -> Bool {
        !ignored.isEmpty && stored.event.stateKey == nil && ignored.contains(stored.event.sender.description)
    }
}

/// Events of a room, newest first, from memory or in batches from the database.
private struct TimelineSource {
    let events: EventStore
    let room: Int64
    /// Only live events after this position, where it is given.
    let after: Position?
    let batch: Int
    private var pending: ArraySlice<StoredEvent>
    /// Below this place is what was not read yet; nil where all was.
    private var bound: Int64?
    private var size: Int

    init(events: EventStore, room: Int64, after: Position?, through: Position, batch: Int, remembered: [StoredEvent]?) {
        self.events = events
        self.room = room
        self.after = after
        self.batch = max(1, batch)
        size = self.batch
        if let remembered {
            pending = remembered.filter { $0.flags.isShown }[...]
            bound = nil
        } else {
            pending = []
            // One more than the last place of the position: the bound is exclusive.
            bound = through >= .max / TimelineOrder.placesPerPosition ? .max : TimelineOrder.end(of: through) + 1
        }
    }

    mutating func next() throws -> StoredEvent? {
        while true {
            if let stored = pending.popLast() {
                // History that was fetched into the stretch is no news.
                if after != nil, stored.position == nil { continue }
                return stored
            }
            guard let before = bound else { return nil }
            let read = try events.timeline(
                room: room, after: after.map(TimelineOrder.end(of:)) ?? .min, before: before, limit: size, newestFirst: true)
            bound = read.count < size ? nil : read.last?.ordering
            size = RoomLimits.readBatch
            pending = read.reversed()[...]
        }
    }
}
