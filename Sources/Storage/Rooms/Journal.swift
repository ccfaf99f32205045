public import Database
import MatrixModel

/// The one way by which events enter rooms.
public struct Journal {
    private let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    /// Makes a decision part of the database; throws `StorageError.revisionConflict` where another commit came first.
    public func commit(_ commit: RoomCommit) throws -> CommitReceipt {
        try RoomStore(transaction).advance(commit.room, from: commit.expectedRevision, current: commit.current)
        let state = StateStore(transaction)
        for slot in commit.newSlots { try state.add(slot) }
        for stateExtension in commit.stateExtensions { try state.extend(stateExtension, room: commit.room) }

        let live = commit.events.count { $0.place == .live } + commit.promoted.count { $0.event.place == .live }
        // A commit of history alone takes a position too where it changes what rooms look like now.
        let changesCurrent = !commit.currentStateChanges.isEmpty || !commit.memberships.isEmpty
        let taken = max(live, changesCurrent || commit.showsSticky ? 1 : 0)
        var next = taken > 0 ? try Positions.take(taken, transaction) : 0
        let head = taken > 0 ? next + Position(taken) - 1 : try Positions.head(transaction)

        var positions: [(event: Int64, position: Position)] = []
        for event in commit.events {
            var position: Position?
            if event.place == .live {
                position = next
                positions.append((event.number, next))
                next += 1
            }
            try insert(event, room: commit.room, position: position)
            if let position, let further = event.outbox {
                try OutboxStore(transaction).add(position: position, event: event.number, room: commit.room, furtherServers: further)
            }
        }
        for promotion in commit.promoted {
            var position: Position?
            if promotion.event.place == .live {
                position = next
                positions.append((promotion.event.number, next))
                next += 1
            }
            try promote(promotion.event, position: position)
            if let position, let further = promotion.event.outbox {
                try OutboxStore(transaction).add(
                    position: position, event: promotion.event.number, room: commit.room, furtherServers: further)
            }
        }
        for redaction in commit.redactions { try redact(redaction) }
        for waiting in commit.waitingRedactions {
            _ = try transaction.execute(
                "INSERT INTO waiting_redactions (target, redaction) VALUES (\(waiting.target.description), \(waiting.redaction))")
        }
        try moveExtremities(commit)
        let places = Dictionary(positions.map { ($0.event, $0.position) }, uniquingKeysWith: { first, _ in first })
        for change in commit.currentStateChanges {
            try state.recordCurrent(change, room: commit.room, position: change.event.flatMap { places[$0] } ?? head)
        }
        let memberships = MembershipStore(transaction)
        for change in commit.memberships {
            if let membership = change.membership {
                try memberships.set(
                    MembershipRow(
                        user: change.user, room: commit.room, membership: membership, sender: change.sender, event: change.event,
                        position: places[change.event] ?? head, stripped: change.stripped))
            } else {
                try memberships.remove(change.user, room: commit.room)
            }
        }
        try keepTime(commit, places, head: head)
        if taken > 0 { try RoomFactsStore(transaction).record(commit, positions: places, head: head) }
        if let isParticipating = commit.isParticipating { try RoomStore(transaction).setParticipating(commit.room, isParticipating) }
        if let key = commit.clientTransaction, let last = commit.events.last {
            try ClientTransactionStore(transaction).record(key, event: last.event.id)
        }
        return CommitReceipt(positions: positions, head: head, tookPosition: taken > 0)
    }

    /// Ends the delayed event that was sent and those of who left, and notes what is sticky.
    private func keepTime(_ commit: RoomCommit, _ places: [Int64: Position], head: Position) throws {
        if let number = commit.delayedEvent, let last = commit.events.last {
            let isEnded = try !DelayedEventStore(transaction).finish(number, event: last.event.id, at: commit.decidedAt)
            if isEnded { throw StorageError.delayedEventEnded }
        }
        for change in commit.memberships where change.membership == .leave || change.membership == .ban {
            try DelayedEventStore(transaction).cancelAll(of: change.user, room: commit.room, at: commit.decidedAt)
        }
        let sticky = StickyEventStore(transaction)
        for mark in commit.stickyEvents { try sticky.add(mark, room: commit.room, position: mark.isShown ? places[mark.event] ?? head : nil) }
        try sticky.admit(commit.admittedStickyEvents, at: head)
        if let origin = commit.stickyOrigin, !commit.stickyTargets.isEmpty {
            try sticky.resend(room: commit.room, of: origin, to: commit.stickyTargets, unexpiredAt: commit.decidedAt)
        }
    }

    /// Stores events outside the graph, such as a state that another server told; events that are there already stay as they are.
    public func addOutliers(_ events: [NewStoredEvent], newSlots: [NewSlot] = [], room: Int64) throws {
        for slot in newSlots { try StateStore(transaction).add(slot) }
        for event in events where try EventStore(transaction).find(event.event.id) == nil {
            try insert(event, room: room, position: nil)
        }
    }

    private func insert(_ new: NewStoredEvent, room: Int64, position: Position?) throws {
        let bytes = Array(new.event.json.rawBytes)
        let ordering = try ordering(new.place, position)
        _ = try transaction.execute(
            """
            INSERT INTO events (event, event_id, room, position, ordering, depth, slot, flags, before_branch, before_position, after_branch,
                after_position, json)
            VALUES (\(new.number), \(new.event.id.description), \(room), \(position), \(ordering),
                \(Int64(new.event.depth)), \(new.slot), \(new.flags.rawValue), \(new.before?.branch), \(new.before?.position),
                \(new.after?.branch), \(new.after?.position), \(bytes))
            """)
        try RelationStore(transaction).add(new.event, number: new.number, room: room, flags: new.flags, ordering: ordering)
        if position == nil, ordering != nil { try HistoryQueue(transaction).add(new.number) }
        try linkAuthEvents(of: new)
    }

    /// Notes which events a state event cites, so that an auth chain can be followed towards what rests on it.
    private func linkAuthEvents(of new: NewStoredEvent) throws {
        guard new.slot != nil, !new.event.authEvents.isEmpty else { return }
        _ = try transaction.execute(
            """
            INSERT INTO auth_edges (auth, event)
            SELECT event, \(new.number) FROM events WHERE event_id IN (\(SQL.list(new.event.authEvents.map(\.description))))
            ON CONFLICT (auth, event) DO NOTHING
            """)
    }

    private func promote(_ event: NewStoredEvent, position: Position?) throws {
        let ordering = try ordering(event.place, position)
        let changed = try transaction.execute(
            """
            UPDATE events SET position = \(position), ordering = \(ordering), flags = \(event.flags.rawValue),
                before_branch = \(event.before?.branch), before_position = \(event.before?.position),
                after_branch = \(event.after?.branch), after_position = \(event.after?.position)
            WHERE event = \(event.number)
            """)
        // Its write failed after this decision counted on it.
        guard changed == 1 else { throw StorageError.revisionConflict }
        try RelationStore(transaction).place(event.event, number: event.number, flags: event.flags, ordering: ordering)
        if position == nil, ordering != nil { try HistoryQueue(transaction).add(event.number) }
        try linkAuthEvents(of: event)
    }

    private func ordering(_ place: NewStoredEvent.Place, _ position: Position?) throws -> Int64? {
        switch place {
        case .live: position.map(TimelineOrder.ordering(of:))
        case .history(let ordering): ordering
        case .before(let event): try EventStore(transaction).freePlace(before: event)
        case .none: nil
        }
    }

    private func redact(_ redaction: RoomCommit.Redaction) throws {
        _ = try transaction.execute(
            """
            UPDATE events SET json = \(redaction.json), redaction = \(redaction.redaction), flags = flags | \(EventFlags.redacted.rawValue)
            WHERE event = \(redaction.target)
            """)
        try RelationStore(transaction).remove(child: redaction.target)
    }

    private func moveExtremities(_ commit: RoomCommit) throws {
        for event in commit.removedExtremities {
            _ = try transaction.execute("DELETE FROM extremities WHERE room = \(commit.room) AND event = \(event)")
        }
        for event in commit.addedExtremities {
            _ = try transaction.execute(
                "INSERT INTO extremities (room, event) VALUES (\(commit.room), \(event)) ON CONFLICT (room, event) DO NOTHING")
        }
        for gap in commit.missing {
            _ = try transaction.execute(
                """
                INSERT INTO missing_events (room, missing, event) VALUES (\(commit.room), \(gap.missing.description), \(gap.namedBy))
                ON CONFLICT (room, missing, event) DO NOTHING
                """)
        }
        guard !commit.skipsGapCheck else { return }
        for event in commit.events + commit.promoted.map(\.event) where !event.flags.contains(.outlier) {
            _ = try transaction.execute(
                "DELETE FROM missing_events WHERE room = \(commit.room) AND missing = \(event.event.id.description)")
        }
    }
}
