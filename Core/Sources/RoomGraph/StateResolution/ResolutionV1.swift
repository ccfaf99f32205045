import MatrixModel

/// Algorithm version 1 (room version 1, "State resolution"): known to reset state, kept for the rooms that have it.
struct ResolutionV1 {
    private let unconflicted: (StateKey) -> EventID?
    private let graph: ResolutionGraph
    private var resolved: [StateKey: EventID] = [:]

    /// The conflicted slots, resolved.
    static func resolve(
        conflicted: [StateKey: [EventID]], unconflicted: @escaping (StateKey) -> EventID?, graph: ResolutionGraph
    ) -> [StateKey: EventID] {
        var resolution = ResolutionV1(unconflicted: unconflicted, graph: graph)
        resolution.resolveAuthEvents(conflicted.filter { $0.key == .powerLevels })
        resolution.resolveAuthEvents(conflicted.filter { $0.key.type == "m.room.join_rules" })
        resolution.resolveAuthEvents(conflicted.filter { $0.key.type == "m.room.member" })
        resolution.resolveOthers(conflicted.filter { resolution.resolved[$0.key] == nil })
        return resolution.resolved
    }

    private init(unconflicted: @escaping (StateKey) -> EventID?, graph: ResolutionGraph) {
        self.unconflicted = unconflicted
        self.graph = graph
    }

    /// One pass: each slot is resolved against the passes before it, so that the order of slots in a pass does not matter.
    private mutating func resolveAuthEvents(_ conflicted: [StateKey: [EventID]]) {
        var pass: [StateKey: EventID] = [:]
        for (slot, ids) in conflicted { pass[slot] = chain(sorted(ids), in: slot) }
        resolved.merge(pass) { _, new in new }
    }

    /// "Add the first event in the list to R. For each subsequent event in the list, check that the event would be allowed … If it would
    /// not be allowed, stop."
    private func chain(_ events: [Event], in slot: StateKey) -> EventID? {
        guard var last = events.first else { return nil }
        for event in events.dropFirst() {
            guard isAllowed(event, with: last, in: slot) else { break }
            last = event
        }
        return last.id
    }

    /// "Just pick the event with the highest depth and lowest sha1(event_id) that passes authentication in R."
    ///
    /// The prose does not say what stands where none passes. The one of lowest depth does, as on all servers that have such rooms.
    private mutating func resolveOthers(_ conflicted: [StateKey: [EventID]]) {
        var pass: [StateKey: EventID] = [:]
        for (slot, ids) in conflicted {
            let events = sorted(ids)
            pass[slot] = (events.last(where: { isAllowed($0, with: nil, in: slot) }) ?? events.first)?.id
        }
        resolved.merge(pass) { _, new in new }
    }

    /// "Sort the list by ascending depth then descending sha1(event_id)."
    private func sorted(_ ids: [EventID]) -> [Event] {
        var keys: [(event: Event, digest: [UInt8])] = []
        for id in ids {
            if let event = graph.event(of: id) { keys.append((event, Digest.sha1(id.description))) }
        }
        keys.sort { left, right in
            if left.event.depth != right.event.depth { return left.event.depth < right.event.depth }
            return right.digest.lexicographicallyPrecedes(left.digest)
        }
        return keys.map(\.event)
    }

    private func isAllowed(_ event: Event, with current: Event?, in slot: StateKey) -> Bool {
        let state = AuthState { key in
            if let current, key == slot { return current }
            return (resolved[key] ?? unconflicted(key)).flatMap { graph.event(of: $0) }
        }
        do throws(AuthRejection) {
            try AuthRules.authorize(event, state: state)
            return true
        } catch {
            return false
        }
    }
}
