import MatrixModel

/// Algorithm version 2 and its revision 2.1 (room versions 2 and 12, "State resolution").
enum ResolutionV2 {
    /// The slots of the full conflicted set, resolved. Slots that are not in conflict may be among them; their events are the states' own.
    static func resolve(
        conflicted: [StateKey: [EventID]], unconflicted: @escaping (StateKey) -> EventID?, authDifference: Set<EventID>,
        rules: RoomVersionRules, graph: ResolutionGraph
    ) -> [StateKey: EventID] {
        var conflictedNumbers: [Int] = []
        for ids in conflicted.values { conflictedNumbers.append(contentsOf: ids.map { graph.number(of: $0) }) }
        var isInSet = NumberSet()
        var full: [Int] = []
        let subgraph = rules.stateResolution == .v2_1 ? ConflictedSubgraph.find(conflicted: conflictedNumbers, graph: graph) : []
        for number in conflictedNumbers + authDifference.map({ graph.number(of: $0) }) + subgraph {
            if isInSet.insert(number) { full.append(number) }
        }

        // 1. Power events first, in reverse topological power ordering.
        let ordering = PowerOrdering(graph: graph)
        let powerEvents = ordering.select(from: full, isInSet: { isInSet.contains($0) })
        // 2. "Starting from the unconflicted state map"; in version 2.1 "from an empty state map".
        let checks = IterativeAuthChecks(
            startingFrom: rules.stateResolution == .v2_1 ? { _ in nil } : unconflicted, graph: graph)
        checks.apply(ordering.sort(powerEvents))
        // 3. All others by the mainline of the power levels resolved so far.
        var picked = NumberSet()
        for number in powerEvents { _ = picked.insert(number) }
        var mainline = MainlineOrdering(from: checks.number(at: .powerLevels), graph: graph)
        // 4. "Apply the iterative auth checks algorithm on the partial resolved state and the list of events from the previous step."
        checks.apply(mainline.sort(full.filter { !picked.contains($0) }))
        // 5. "Update the result by replacing any event with the event with the same key from the unconflicted state map."
        var resolved: [StateKey: EventID] = [:]
        for (slot, number) in checks.admitted { resolved[slot] = unconflicted(slot) ?? graph.id(number) }
        return resolved
    }
}
