/// One SRV record.
public struct ServiceRecord: Hashable, Sendable {
    public let priority: Int
    public let weight: Int
    public let port: Int
    public let target: String

    public init(priority: Int, weight: Int, port: Int, target: String) {
        self.priority = priority
        self.weight = weight
        self.port = port
        self.target = target
    }

    /// The order to try them in: by priority, then drawn by weight (RFC 2782). `draw(n)` gives a number in `0...n`.
    public static func ordered(_ records: [ServiceRecord], draw: (Int) -> Int) -> [ServiceRecord] {
        var ordered: [ServiceRecord] = []
        for priority in Set(records.map(\.priority)).sorted() {
            // "Arrange all SRV RRs (that have not been ordered yet) in any order, except that all those with weight 0 are placed at the
            // beginning of the list": by weight, then by name so that the order of the answer does not matter.
            var rest = records.filter { $0.priority == priority }.sorted { ($0.weight, $0.target, $0.port) < ($1.weight, $1.target, $1.port) }
            while !rest.isEmpty {
                let drawn = draw(rest.reduce(0) { $0 + $1.weight })
                var sum = 0
                let index = rest.firstIndex { record in
                    sum += record.weight
                    return sum >= drawn
                }
                ordered.append(rest.remove(at: index ?? 0))
            }
        }
        return ordered
    }
}
