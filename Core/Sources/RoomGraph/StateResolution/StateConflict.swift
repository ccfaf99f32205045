import MatrixModel

/// Several states parted into what they agree on and what they do not.
struct StateConflict {
    /// Slots with the same event in every set, or in every set that has the slot.
    private(set) var unconflicted: [StateKey: EventID] = [:]
    /// The different events of each other slot.
    private(set) var conflicted: [StateKey: [EventID]] = [:]
    /// Of each set, its events in conflicted slots.
    private(set) var own: [[EventID]]

    /// `absenceConflicts`: whether a slot that only some of the sets have is in conflict. It is from algorithm version 2 on.
    init(of sets: [[StateKey: EventID]], absenceConflicts: Bool) {
        own = Array(repeating: [], count: sets.count)
        guard let first = sets.first else { return }
        unconflicted.reserveCapacity(first.count)
        for (position, set) in sets.enumerated() {
            for (key, id) in set where !sets[..<position].contains(where: { $0[key] != nil }) {
                add(key, id, sets, absenceConflicts)
            }
        }
        for key in conflicted.keys {
            for position in sets.indices {
                if let id = sets[position][key] { own[position].append(id) }
            }
        }
    }

    /// Files one slot, met for the first time.
    private mutating func add(_ key: StateKey, _ id: EventID, _ sets: [[StateKey: EventID]], _ absenceConflicts: Bool) {
        var distinct = [id]
        var isAbsent = false
        for set in sets {
            if let other = set[key] {
                if !distinct.contains(other) { distinct.append(other) }
            } else {
                isAbsent = true
            }
        }
        if distinct.count == 1, !(isAbsent && absenceConflicts) {
            unconflicted[key] = id
        } else {
            conflicted[key] = distinct
        }
    }
}
