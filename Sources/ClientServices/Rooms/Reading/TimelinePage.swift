import Database
import MatrixAPI
import MatrixModel
import Storage

/// A page of a room's timeline as one person sees it.
struct TimelinePage {
    /// In the order of the direction, each with the person's membership at it.
    var events: [(stored: StoredEvent, membership: Membership?)] = []
    /// The last place that was looked at, nil where the timeline ended.
    var end: TimelineToken?
    /// The places that were looked at.
    var lowest = Int64.max

    /// Reads from a token on until the page is full, the timeline or the scan ends, or `stop` is reached.
    static func read(
        _ access: RoomAccess, _ reader: RoomReader, from: TimelineToken, to stop: TimelineToken?, _ direction: PageDirection, limit: Int,
        filter: RoomEventFilter
    ) throws -> TimelinePage {
        var page = TimelinePage()
        guard limit > 0 else {
            page.end = from
            return page
        }
        var lower: Int64
        var upper: Int64
        switch direction {
        case .backward:
            upper = from.place == .max ? .max : from.place + 1
            lower = stop?.place ?? .min
        case .forward:
            lower = from.place
            upper = stop.map { $0.place == .max ? .max : $0.place + 1 } ?? .max
        }
        var scanned = 0
        while lower < upper {
            let size = min(max(limit - page.events.count, 1) + 1, RoomLimits.readBatch)
            let batch = try reader.events.timeline(
                room: access.room.number, after: lower, before: upper, limit: size, newestFirst: direction == .backward)
            for stored in batch {
                let place = stored.ordering ?? 0
                guard page.events.count < limit, scanned < RoomLimits.largestScan else { return page }
                scanned += 1
                page.lowest = min(page.lowest, place)
                page.end = TimelineToken(place: direction == .backward ? place - 1 : place)
                switch direction {
                case .backward: upper = place
                case .forward: lower = place
                }
                guard filter.admits(stored.event) else { continue }
                let (isVisible, membership) = try reader.visibility(of: stored, access)
                if isVisible { page.events.append((stored, membership)) }
            }
            if batch.count < size { break }
        }
        page.end = nil
        return page
    }

    /// The events in their form for clients.
    func fragments(_ reader: RoomReader, now: Int, device: String) throws -> [JSONFragment] {
        let own = events.filter { $0.stored.event.sender == reader.user }.map(\.stored.event.id)
        let transactions = try ClientTransactionStore(reader.transaction).transactionIDs(of: own, user: reader.user, device: device)
        return try events.map { stored, membership in
            try reader.clientEvent(stored).fragment(
                for: .init(now: now, transactionID: transactions[stored.event.id], membership: membership))
        }
    }

    /// The senders' member events, for lazy loading.
    func senderMembers(_ reader: RoomReader, _ access: RoomAccess, besides others: [UserID] = []) throws -> [StoredEvent] {
        var members: [StoredEvent] = []
        for sender in Set(events.map(\.stored.event.sender) + others).sorted() {
            if let member = try reader.currentEvent(.member(sender), room: access.room.number, at: access.present) { members.append(member) }
        }
        return members
    }
}
