import MatrixModel
import RoomGraph

/// "The auth difference is … every event that doesn't appear in every auth chain", found from where the states differ.
///
/// Auth chains of what all states share are in every chain, so that the walk from each state's own events ends there. What was reached from
/// some of the states alone is in the difference unless something shared rests on it, which the citations show read the other way.
struct AuthChainDifference {
    private let graph: GraphReader
    /// The event that all states share in a slot.
    private let common: (Int64) -> Int64?

    init(graph: GraphReader, common: @escaping (Int64) -> Int64?) {
        self.graph = graph
        self.common = common
    }

    /// `own` are the events of each state in the slots that are in conflict.
    func find(own: [[Int64]]) throws -> Set<EventID> {
        var counts: [Int64: Int] = [:]
        for events in own {
            for number in try chain(of: events) { counts[number, default: 0] += 1 }
        }
        var support = Support(graph: graph, common: common)
        var difference: Set<EventID> = []
        for number in counts.keys.sorted() where counts[number] != own.count {
            if try !support.holds(number) { difference.insert(try graph.needed(number).event.id) }
        }
        return difference
    }

    /// Events and all that they rest on, without what all states share.
    private func chain(of events: [Int64]) throws -> Set<Int64> {
        var seen: Set<Int64> = []
        var pending = events
        while let number = pending.popLast() {
            guard !seen.contains(number) else { continue }
            let entry = try graph.needed(number)
            if let slot = entry.event.slot.flatMap({ graph.slot(of: $0) }), common(slot) == number { continue }
            seen.insert(number)
            for id in entry.event.authEvents {
                if let cited = graph.entry(id) { pending.append(cited.number) }
            }
        }
        if let error = graph.error { throw error }
        return seen
    }

    /// Answers whether something that all states share rests on an event.
    private struct Support {
        let graph: GraphReader
        let common: (Int64) -> Int64?
        private var answers: [Int64: Bool] = [:]

        init(graph: GraphReader, common: @escaping (Int64) -> Int64?) {
            self.graph = graph
            self.common = common
        }

        mutating func holds(_ number: Int64) throws -> Bool {
            if let known = answers[number] { return known }
            var seen: Set<Int64> = [number]
            var pending = [number]
            var isFound = false
            while !isFound, let next = pending.popLast() {
                let known = answers
                try graph.citing(next) { citing, slot in
                    if let slot, common(slot) == citing { isFound = true }
                    if known[citing] == true { isFound = true }
                    if known[citing] == nil, seen.insert(citing).inserted { pending.append(citing) }
                    return !isFound
                }
            }
            if isFound { answers[number] = true } else { for event in seen { answers[event] = false } }
            return isFound
        }
    }
}
