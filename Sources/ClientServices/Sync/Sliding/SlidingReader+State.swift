import Database
import MatrixAPI
import MatrixModel
import Storage

extension SlidingReader {
    /// The events of the required state, by number: all that is demanded where `earlier` is nil, else what changed and what is demanded beyond
    /// `demand`. What is gone is told at once.
    func requiredState(
        _ news: inout SlidingRoomNews, _ access: RoomAccess, _ wanted: WantedRoom, _ timeline: SyncTimeline, changes: [SelectedState],
        earlier: SlidingRoom?, demand: StateDemand?, through: Position, joined: Int? = nil, _ note: inout SlidingRoom
    ) throws -> [StoredEvent] {
        let room = access.room.number
        let isLazy = wanted.demand.loadsMembersLazily
        var slots: [Int64: Int64] = [:]
        if let earlier {
            for change in changes {
                // "All membership updates since the last sync when `limited` is false".
                let isUpdate = isLazy && !timeline.isLimited && change.key.type == "m.room.member"
                guard isUpdate || wanted.demand.matches(change.key) else { continue }
                if let event = change.event {
                    slots[change.slot] = event
                } else if isStable {
                    // "we return a stub"; clients of the unstable form know none.
                    news.requiredState.append(.value(["type": .string(change.key.type), "state_key": .string(change.key.key)]))
                }
            }
            if isDemandingMore(wanted, demand) {
                for state in try selected(wanted.demand, room: room, at: through) where demand?.matches(state.key) != true {
                    slots[state.slot] = state.event
                }
            }
            note.members = timeline.isLimited ? [] : earlier.members
        } else {
            for state in try selected(wanted.demand, room: room, at: through, joined: joined) { slots[state.slot] = state.event }
            note.members = []
        }
        if isLazy { try addLazyMembers(to: &slots, timeline, room: room, through: through, &note) }
        return try reader.events.events(numbers: slots.values.sorted())
    }

    /// Members of the timeline's senders and of whom its member events are about, but those that were sent before.
    private func addLazyMembers(
        to slots: inout [Int64: Int64], _ timeline: SyncTimeline, room: Int64, through: Position, _ note: inout SlidingRoom
    ) throws {
        var keys: Set<StateKey> = []
        for (stored, _) in timeline.events {
            keys.insert(.member(stored.event.sender))
            if stored.event.type == "m.room.member", let key = stored.event.stateKey { keys.insert(StateKey("m.room.member", key)) }
        }
        var known = Set(note.members)
        var sent: [Int64] = []
        for key in keys.sorted() {
            guard let slot = try reader.caches.slot(key, reader.transaction) else { continue }
            if slots[slot] == nil, !known.contains(slot) {
                guard let event = try reader.state.currentEvent(room: room, slot: slot, at: through) else { continue }
                slots[slot] = event
            }
            sent.append(slot)
        }
        known.formUnion(sent)
        // Too many to remember: those of the newest messages are the likeliest to speak next.
        note.members = known.count <= SlidingBounds.rememberedMembers ? known.sorted() : sent.suffix(SlidingBounds.rememberedMembers).sorted()
    }

    /// What a demand wants of the state at a position, members that lazy loading brings aside.
    private func selected(_ demand: StateDemand, room: Int64, at position: Position, joined: Int? = nil) throws -> [SelectedState] {
        if let named = demand.namedSlots { return try states(named.filter(demand.matches), room: room, at: position) }
        let selection = StateSelection(reader.transaction)
        if demand.includesAllMembers { return try selection.all(room: room, at: position).filter { demand.matches($0.key) } }
        var found: [SelectedState]
        if let types = demand.namedTypes, try joined ?? reader.memberships.count(room: room, .join) > SlidingBounds.passedMembers {
            found = []
            for type in types.sorted() where type != "m.room.member" { found += try selection.ofType(type, room: room, at: position) }
        } else {
            found = try selection.withoutMembers(room: room, at: position)
        }
        let members = demand.parts.flatMap(\.include).compactMap { pattern -> StateKey? in
            guard let key = pattern.key, pattern.type ?? "m.room.member" == "m.room.member" else { return nil }
            return StateKey("m.room.member", key)
        }
        found += try states(Array(Set(members)).sorted(), room: room, at: position)
        return found.filter { demand.matches($0.key) }
    }

    private func states(_ keys: [StateKey], room: Int64, at position: Position) throws -> [SelectedState] {
        var seen: Set<StateKey> = []
        return try keys.compactMap { key in
            guard seen.insert(key).inserted, let slot = try reader.caches.slot(key, reader.transaction),
                let event = try reader.state.currentEvent(room: room, slot: slot, at: position)
            else { return nil }
            return SelectedState(slot: slot, key: key, event: event)
        }
    }
}
