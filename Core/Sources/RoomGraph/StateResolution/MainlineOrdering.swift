import MatrixModel

/// "The mainline ordering based on P of a set of events": by how far back in the history of power levels P each is rooted.
struct MainlineOrdering {
    private let graph: ResolutionGraph
    /// The mainline position of each power levels event met so far; greater is earlier, `.max` is off the mainline.
    private var positions: [Int: Int] = [:]

    /// `powerLevels` is P's number; nil where the partially resolved state has none.
    init(from powerLevels: Int?, graph: ResolutionGraph) {
        self.graph = graph
        var next = powerLevels
        while let number = next, positions[number] == nil {
            positions[number] = positions.count
            next = graph.authEvent(of: number, in: .powerLevels)
        }
    }

    /// The events in order, earliest first.
    mutating func sort(_ numbers: [Int]) -> [Int] {
        var keys: [Key] = []
        keys.reserveCapacity(numbers.count)
        for number in numbers {
            guard let event = graph.event(number) else { continue }
            keys.append(Key(position: position(of: number), originServerTS: event.originServerTS, id: event.id, number: number))
        }
        return keys.sorted().map(\.number)
    }

    /// "Find the smallest index j ≥ 1 for which e_j belongs to the mainline of P."
    private mutating func position(of event: Int) -> Int {
        var passed: [Int] = []
        var found = Int.max
        var next = graph.authEvent(of: event, in: .powerLevels)
        while let number = next {
            if let known = positions[number] {
                found = known
                break
            }
            // Stands in the way of a cycle, which only given identifiers could make.
            positions[number] = .max
            passed.append(number)
            next = graph.authEvent(of: number, in: .powerLevels)
        }
        for number in passed { positions[number] = found }
        return found
    }

    private struct Key: Comparable {
        let position: Int
        let originServerTS: Int
        let id: EventID
        let number: Int

        static func < (left: Key, right: Key) -> Bool {
            if left.position != right.position { return left.position > right.position }
            if left.originServerTS != right.originServerTS { return left.originServerTS < right.originServerTS }
            return left.id < right.id
        }
    }
}
