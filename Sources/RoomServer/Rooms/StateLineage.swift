import HashTreeCollections
import Storage

/// How a room's recent states came from each other, so that two of them are compared only where something changed since they parted.
struct StateLineage: Sendable {
    private struct Step: Sendable {
        let base: StateReference?
        let slots: [Int64]
        /// Counts states in the order in which they were made.
        let order: Int
    }

    private var steps = GenerationalCache<StateReference, Step>(limit: Limits.stateSteps)
    private var count = 0

    mutating func record(_ made: RoomContext.MadeState) {
        count += 1
        steps.insert(Step(base: made.base, slots: made.slots, order: count), for: made.reference)
    }

    /// The slots in which two states may differ; nil where memory does not reach back to the state that both came from.
    mutating func slotsBetween(_ first: StateReference, _ second: StateReference, made: [RoomContext.MadeState]) -> Set<Int64>? {
        var left = first
        var right = second
        var slots: Set<Int64> = []
        while left != right {
            let leftStep = step(left, made)
            let rightStep = step(right, made)
            // The younger of the two cannot be an ancestor of the other.
            if let younger = leftStep, younger.order > (rightStep?.order ?? 0) {
                guard let base = younger.base else { return nil }
                slots.formUnion(younger.slots)
                left = base
            } else if let younger = rightStep {
                guard let base = younger.base else { return nil }
                slots.formUnion(younger.slots)
                right = base
            } else {
                return nil
            }
            guard slots.count <= Limits.stateSteps else { return nil }
        }
        return slots
    }

    private mutating func step(_ reference: StateReference, _ made: [RoomContext.MadeState]) -> Step? {
        if let index = made.firstIndex(where: { $0.reference == reference }) {
            return Step(base: made[index].base, slots: made[index].slots, order: count + 1 + index)
        }
        return steps.value(for: reference)
    }
}

extension StateMap {
    /// What must be changed to turn `base` into this state, looking at those slots alone; by slot.
    func changes(since base: StateMap, in slots: some Sequence<Int64>) -> [StateChange] {
        var changes: [StateChange] = []
        for slot in slots where self[slot] != base[slot] { changes.append(StateChange(slot: slot, event: self[slot])) }
        return changes.sorted { $0.slot < $1.slot }
    }
}
