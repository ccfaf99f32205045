import MatrixModel

/// Several states parted into what they agree on and what they do not.
struct StateConflict {
    /// Slots with the same event in every set, or in every set that has the slot.
    private(set) var unconflicted: [StateKey: EventID] = [:]
    /// The different events of each other slot.
    private(set) var conflicted: [StateKey: [EventID]] = [:]
    /// Of each set, its events in conflicted slots.
    private(set) var own: [[EventID]]

    private let sets: [[StateKey: EventID]]
    private let absenceConflicts: Bool

    /// `absenceConflicts`: whether a slot that only some of the sets have is in conflict. It is from algorithm version 2 on.
    init(of sets: [[StateKey: EventID]], absenceConflicts: Bool) {
        self.sets = sets
        self.absenceConflicts = absenceConflicts
        own = Array(repeating: [], count: sets.count)
        guard let first = sets.first else { return }
        unconflicted = first
        var shared = Array(repeating: 0, count: sets.count)
        for (key, id) in first {
            var agrees = true
            for place in 1..<max(1, sets.count) {
                guard let other = sets[place][key] else {
                    agrees = false
                    continue
                }
                shared[place] += 1
                if other != id { agrees = false }
            }
            if !agrees { file(key) }
        }
        // Slots that the first set has not: only looked for in a set that has more than it shares with the first.
        for place in 1..<max(1, sets.count) where shared[place] < sets[place].count {
            for key in sets[place].keys where first[key] == nil && conflicted[key] == nil && unconflicted[key] == nil { file(key) }
        }
        for key in conflicted.keys {
            for place in sets.indices {
                if let id = sets[place][key] { own[place].append(id) }
            }
        }
    }

    /// Files a slot in which the sets are not all alike.
    private mutating func file(_ key: StateKey) {
        var distinct: [EventID] = []
        var isAbsent = false
        for set in sets {
            if let id = set[key] {
                if !distinct.contains(id) { distinct.append(id) }
            } else {
                isAbsent = true
            }
        }
        if distinct.count == 1, !(isAbsent && absenceConflicts) {
            unconflicted[key] = distinct[0]
        } else {
            unconflicted[key] = nil
            conflicted[key] = distinct
        }
    }
}
