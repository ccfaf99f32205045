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
        let ignored = try reader.ignoredSenders()
        while lower < upper {
            // One more than wanted tells whether there is more.
            let size = min(max(limit - page.events.count, 1) + 1, RoomLimits.readBatch + 1)
            let batch = try reader.events.timeline(
                room: access.room.number, after: lower, before: upper, limit: size, newestFirst: direction == .backward)
            let related = try filter.asksForChildren ? reader.related(batch, access, filter) : nil
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
                guard filter.admits(stored.event), related?.contains(stored.event.id) ?? true else { continue }
                // "Once ignored, the client will no longer receive events sent by that user, with the exception of state events."
                if stored.event.stateKey == nil, ignored.contains(stored.event.sender.description) { continue }
                let (isVisible, membership) = try reader.visibility(of: stored, access)
                if isVisible { page.events.append((stored, membership)) }
            }
            if batch.count < size { break }
        }
        page.end = nil
        return page
    }

    /// The events in their form for clients.
    func fragments(
        _ reader: RoomReader, _ access: RoomAccess, now: Int, device: String, fields: EventFields? = nil
    ) throws -> [JSONFragment] {
        let bundles = try reader.bundles(for: events.map(\.stored), access)
        let own = events.filter { $0.stored.event.sender == reader.user }.map(\.stored.event.id)
        let transactions = try ClientTransactionStore(reader.transaction).transactionIDs(of: own, user: reader.user, device: device)
        let delays = try DelayedEventStore(reader.transaction).delayIDs(of: own, user: reader.user)
        return try events.map { stored, membership in
            let event = try reader.clientEvent(stored)
            let view = ClientEvent.Reader(
                now: now, transactionID: transactions[stored.event.id], delayID: delays[stored.event.id], membership: membership,
                bundle: bundles[stored.number])
            guard let fields else { return event.fragment(for: view) }
            var text: [UInt8] = []
            event.append(to: &text, for: view)
            return .value(fields.select(from: try JSON.parse(text).value))
        }
    }

    /// The senders' member events for lazy loading, as they were where the page begins; as they are for who was not there.
    func senderMembers(_ reader: RoomReader, _ access: RoomAccess, at state: StateReference?) throws -> [StoredEvent] {
        var members: [StoredEvent] = []
        for sender in Set(events.map(\.stored.event.sender)).sorted() {
            let number = try state.flatMap { state in
                try reader.caches.slot(.member(sender), reader.transaction).flatMap { try reader.state.event(in: state, slot: $0) }
            }
            if let member = try number.flatMap({ try reader.events.event(number: $0) })
                ?? reader.currentEvent(.member(sender), room: access.room.number, at: access.present)
            {
                members.append(member)
            }
        }
        return members
    }
}

extension RoomReader {
    /// Those of the events that have a child as a filter asks for it.
    func related(_ events: [StoredEvent], _ access: RoomAccess, _ filter: RoomEventFilter) throws -> Set<EventID> {
        try RelationStore(transaction).parents(
            among: events.map(\.event.id), room: access.room.number, types: filter.relatedByRelationTypes, senders: filter.relatedBySenders)
    }
}
