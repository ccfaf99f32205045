import MatrixModel

/// "Starting from an event in the conflicted state set and following auth_events edges may lead to another event in the conflicted state
/// set. The union of all such paths between any pair of events in the conflicted state set (including endpoints)."
enum ConflictedSubgraph {
    /// The numbers of the events on those paths.
    static func find(conflicted: [Int], graph: ResolutionGraph) -> [Int] {
        let reached = reach(from: conflicted, graph)
        var citing: [Int: [Int]] = [:]
        for number in reached {
            for cited in graph.authEvents(number) { citing[cited, default: []].append(number) }
        }
        // Everything reached descends from a conflicted event's citations; whatever also leads back to one is on a path.
        var onPath = NumberSet()
        var pending = conflicted
        var found: [Int] = []
        while let number = pending.popLast() {
            guard onPath.insert(number) else { continue }
            found.append(number)
            pending.append(contentsOf: citing[number] ?? [])
        }
        return found
    }

    private static func reach(from start: [Int], _ graph: ResolutionGraph) -> [Int] {
        var seen = NumberSet()
        var pending = start
        var reached: [Int] = []
        while let number = pending.popLast() {
            guard seen.insert(number) else { continue }
            reached.append(number)
            pending.append(contentsOf: graph.authEvents(number))
        }
        return reached
    }
}
