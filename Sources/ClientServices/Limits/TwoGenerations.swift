/// A bounded map that forgets first what was not touched for long: when the younger generation is full, the older one is dropped.
struct TwoGenerations<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private var young: [Key: Value] = [:]
    private var old: [Key: Value] = [:]
    /// Entries of one generation.
    private let half: Int

    /// Holds at most `limit` entries.
    init(limit: Int) {
        half = max(1, limit / 2)
    }

    /// The value, which counts as touched.
    mutating func value(for key: Key) -> Value? {
        if let value = young[key] { return value }
        guard let value = old.removeValue(forKey: key) else { return nil }
        insert(value, for: key)
        return value
    }

    /// Adds or replaces a value.
    mutating func insert(_ value: Value, for key: Key) {
        if young.count >= half, young[key] == nil {
            old = young
            young = [:]
        }
        old[key] = nil
        young[key] = value
    }

    /// Removes a value and gives it.
    @discardableResult
    mutating func remove(_ key: Key) -> Value? {
        let younger = young.removeValue(forKey: key)
        let older = old.removeValue(forKey: key)
        return younger ?? older
    }

    /// Removes all values of which `matches` is true; looks at each.
    mutating func removeAll(where matches: (Value) -> Bool) {
        young = young.filter { !matches($0.value) }
        old = old.filter { !matches($0.value) }
    }

    /// The entries held.
    var count: Int { young.count + old.count }
}
