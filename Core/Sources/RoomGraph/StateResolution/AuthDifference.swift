import MatrixModel

/// "The auth difference is … every event that doesn't appear in every auth chain", found by walking.
///
/// A state's own events count as parts of its chain: those that differ are conflicted anyway, and those that do not differ are then in
/// no difference.
enum AuthDifference {
    /// `common` are the events that all states share, `own` the others of each state.
    static func walk(common: some Sequence<EventID>, own: [[EventID]], graph: ResolutionGraph) -> Set<EventID> {
        var shared = NumberSet()
        visit(common.map { graph.number(of: $0) }, graph, unless: { _ in false }, in: &shared) { _ in }
        var counts: [Int: Int] = [:]
        for ids in own {
            var seen = NumberSet()
            visit(ids.map { graph.number(of: $0) }, graph, unless: { shared.contains($0) }, in: &seen) { counts[$0, default: 0] += 1 }
        }
        var difference: Set<EventID> = []
        for (number, count) in counts where count < own.count { difference.insert(graph.id(number)) }
        return difference
    }

    /// Visits all that is reached from some events along auth events, each once; does not go on from where `stops` holds.
    private static func visit(
        _ start: [Int], _ graph: ResolutionGraph, unless stops: (Int) -> Bool, in seen: inout NumberSet, _ body: (Int) -> Void
    ) {
        var pending = start
        while let number = pending.popLast() {
            guard !stops(number), seen.insert(number) else { continue }
            body(number)
            pending.append(contentsOf: graph.authEvents(number))
        }
    }
}
