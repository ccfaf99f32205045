import HashTreeCollections
import MatrixModel
import RoomGraph
import Storage

/// One event on its way into a room: where it stands, and what the room becomes by it.
struct Placement: Sendable {
    let number: Int64
    let event: Event
    let slot: Int64?
    let flags: EventFlags
    /// The state before it.
    let before: StateReference
    let beforeState: StateMap

    /// A state with its place in the log.
    struct After: Sendable {
        let reference: StateReference
        let state: StateMap
    }

    /// The state after the event: extends the state log by the event's own change, if it makes one.
    func after(_ context: inout RoomContext, _ commit: inout RoomCommit, branchNumbers: NumberAllocator) -> After {
        guard let slot, flags.isDisjoint(with: [.rejected, .outlier]) else { return After(reference: before, state: beforeState) }
        let change = [StateChange(slot: slot, event: number)]
        let state = beforeState.applying(change)
        let stateExtension = context.extend(before, by: change, whole: state, branchNumbers: branchNumbers)
        commit.stateExtensions.append(stateExtension)
        return After(reference: stateExtension.result, state: state)
    }
}

extension RoomContext {
    /// Makes an event a forward extremity, in place of those that it descends from.
    mutating func advance(to placement: Placement, after: Placement.After, replacing replaced: Set<EventID>, _ commit: inout RoomCommit) {
        retire(replaced, &commit)
        extremities.append(
            Extremity(number: placement.number, id: placement.event.id, depth: placement.event.depth, after: after.reference))
        commit.addedExtremities.append(placement.number)
    }

    /// Takes events that others descend from out of the forward extremities.
    mutating func retire(_ replaced: Set<EventID>, _ commit: inout RoomCommit) {
        for extremity in extremities where replaced.contains(extremity.id) { commit.removedExtremities.append(extremity.number) }
        extremities.removeAll { replaced.contains($0.id) }
    }

    /// Makes a state the current one, and gives the users of this server who joined, left or changed otherwise.
    ///
    /// `changes` tells the new state from the current one; `events` holds the member events of their slots, the replaced ones too.
    mutating func become(
        _ state: StateMap, at reference: StateReference, changes: [StateChange], _ commit: inout RoomCommit, slots: SlotTable,
        events: [Int64: Event], local: ServerName
    ) -> Set<UserID> {
        var concerned: Set<UserID> = []
        for change in changes {
            guard let key = slots.knownKey(change.slot), key.type == "m.room.member", let user = UserID(key.key) else { continue }
            let event = change.event.flatMap { events[$0] }
            let next = event?.membership
            let previous: Membership? = current[change.slot].flatMap { events[$0]?.membership }
            commit.memberships.append(
                MembershipChange(user: user, membership: next, sender: event?.sender ?? user, event: change.event ?? 0))
            count(user, from: previous, to: next, local: local)
            if user.server == local { concerned.insert(user) }
        }
        commit.currentStateChanges += changes
        commit.current = reference
        current = state
        currentReference = reference
        return concerned
    }

    private mutating func count(_ user: UserID, from previous: Membership?, to next: Membership?, local: ServerName) {
        if next == .join, previous != .join {
            serverMembers[user.server, default: 0] += 1
            if user.server == local { localMembers.insert(user) }
        } else if next != .join, previous == .join {
            let left = (serverMembers[user.server] ?? 1) - 1
            serverMembers[user.server] = left > 0 ? left : nil
            if user.server == local { localMembers.remove(user) }
        }
    }

    /// Servers that an event must reach though they are in the room no more, or not yet; nil where nobody else needs it.
    func outbox(for event: Event, before servers: [ServerName: Int], local: ServerName) -> [ServerName]? {
        var further: Set<ServerName> = []
        for server in servers.keys where serverMembers[server] == nil { further.insert(server) }
        if event.type == "m.room.member", let user = event.stateKey.flatMap({ UserID($0) }), serverMembers[user.server] == nil {
            further.insert(user.server)
        }
        further.remove(local)
        let reachesOthers = serverMembers.keys.contains { $0 != local }
        return reachesOthers || !further.isEmpty ? further.sorted() : nil
    }
}
