/// Ephemeral messages that wait for one destination: merged by key, in the order of their first arrival, bounded.
struct MessageQueue: Sendable {
    private enum Key: Hashable {
        case merged(OutboundMessage.MergeKey)
        case single(Int)
    }

    private var entries: [Key: (order: Int, message: OutboundMessage)] = [:]
    private var next = 0
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    var isEmpty: Bool { entries.isEmpty }
    var count: Int { entries.count }

    mutating func add(_ message: OutboundMessage) {
        next += 1
        let key = message.mergeKey.map(Key.merged) ?? .single(next)
        entries[key] = (entries[key]?.order ?? next, message)
        if entries.count > limit, let oldest = entries.min(by: { $0.value.order < $1.value.order }) { entries[oldest.key] = nil }
    }

    /// Takes out the first messages.
    mutating func take(_ count: Int) -> [OutboundMessage] {
        guard !entries.isEmpty else { return [] }
        let first = entries.sorted { $0.value.order < $1.value.order }.prefix(count)
        for entry in first { entries[entry.key] = nil }
        return first.map(\.value.message)
    }

    /// Drops what is worth nothing later.
    mutating func dropFleeting() {
        entries = entries.filter { !$0.value.message.isFleeting }
    }
}
