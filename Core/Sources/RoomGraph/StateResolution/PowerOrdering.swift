import HeapModule
import MatrixModel

/// Picks the power events of a set, and puts them into reverse topological power ordering.
struct PowerOrdering {
    let graph: ResolutionGraph

    /// "A power event is a state event with type m.room.power_levels or m.room.join_rules, or a state event with type m.room.member where
    /// the membership is leave or ban and the sender does not match the state_key."
    ///
    /// Both types have an empty state key by their schemas; events of these types under other state keys rule nothing and are no power events.
    static func isPowerEvent(_ event: Event) -> Bool {
        guard let stateKey = event.stateKey else { return false }
        switch event.type {
        case "m.room.power_levels", "m.room.join_rules":
            return stateKey.isEmpty
        case "m.room.member":
            switch event.membership {
            case .leave, .ban: return !stateKey.hasSameBytes(as: event.sender.description)
            case .join, .invite, .knock, nil: return false
            }
        default:
            return false
        }
    }

    /// The power events of the full conflicted set, with the events of that set that authorise them.
    ///
    /// The prose takes every event of a power event's auth chain that is in the set. Like all servers in use, this follows the chain only
    /// as long as it stays in the set: otherwise this server alone would sort such an event among the power events.
    func select(from full: [Int], isInSet: (Int) -> Bool) -> [Int] {
        var picked = NumberSet()
        var selection: [Int] = []
        var pending = full.filter { graph.event($0).map(Self.isPowerEvent) == true }
        while let number = pending.popLast() {
            guard picked.insert(number) else { continue }
            selection.append(number)
            pending.append(contentsOf: graph.authEvents(number).filter { isInSet($0) })
        }
        return selection
    }

    /// "The lexicographically smallest topological ordering based on the DAG formed by auth events", by Kahn's algorithm.
    func sort(_ numbers: [Int]) -> [Int] {
        var positions: [Int: Int] = [:]
        for (position, number) in numbers.enumerated() { positions[number] = position }
        var missing = Array(repeating: 0, count: numbers.count)
        var dependents: [[Int]] = Array(repeating: [], count: numbers.count)
        var ready = Heap<Candidate>()
        for (position, number) in numbers.enumerated() {
            var cited = graph.authEvents(number).compactMap { positions[$0] }
            cited.sort()
            for (place, other) in cited.enumerated() where place == 0 || cited[place - 1] != other {
                missing[position] += 1
                dependents[other].append(position)
            }
            if missing[position] == 0 { ready.insert(candidate(number, position)) }
        }
        var sorted: [Int] = []
        sorted.reserveCapacity(numbers.count)
        while let next = ready.popMin() {
            sorted.append(numbers[next.position])
            for dependent in dependents[next.position] {
                missing[dependent] -= 1
                if missing[dependent] == 0 { ready.insert(candidate(numbers[dependent], dependent)) }
            }
        }
        return sorted
    }

    /// What two events are compared by.
    private struct Candidate: Comparable {
        let power: Int
        let originServerTS: Int
        let id: EventID
        let position: Int

        static func < (left: Candidate, right: Candidate) -> Bool {
            if left.power != right.power { return left.power > right.power }
            if left.originServerTS != right.originServerTS { return left.originServerTS < right.originServerTS }
            return left.id < right.id
        }
    }

    private func candidate(_ number: Int, _ position: Int) -> Candidate {
        guard let event = graph.event(number) else {
            return Candidate(power: 0, originServerTS: 0, id: graph.id(number), position: position)
        }
        let levels = graph.authEvent(of: number, in: .powerLevels).flatMap { graph.event($0) }
        let power = PowerLevels(event: levels, createEvent: graph.createEvent(for: number), rules: event.rules).level(of: event.sender)
        return Candidate(power: power, originServerTS: event.originServerTS, id: event.id, position: position)
    }
}
