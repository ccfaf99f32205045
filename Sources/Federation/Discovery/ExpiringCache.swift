/// Values with an end, bounded in number: the ones that end first go first.
struct ExpiringCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private var entries: [Key: (value: Value, end: Int)] = [:]
    private let capacity: Int

    init(capacity: Int) {
        self.capacity = capacity
    }

    /// The value, nil where absent or past its end.
    func value(for key: Key, at now: Int) -> Value? {
        guard let entry = entries[key], entry.end > now else { return nil }
        return entry.value
    }

    /// The value even where it is past its end.
    func staleValue(for key: Key) -> Value? { entries[key]?.value }

    mutating func insert(_ value: Value, for key: Key, until end: Int, at now: Int) {
        entries[key] = (value, end)
        guard entries.count > capacity else { return }
        entries = entries.filter { $0.value.end > now }
        guard entries.count > capacity else { return }
        // A quarter at a time, so that a flood of names costs a sort only now and then.
        let order = entries.map { (key: $0.key, end: $0.value.end) }.sorted { $0.end < $1.end }
        for entry in order.prefix(entries.count - capacity * 3 / 4) { entries[entry.key] = nil }
    }

    mutating func remove(_ key: Key) { entries[key] = nil }
}
