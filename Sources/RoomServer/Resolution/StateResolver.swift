import Database
import HashTreeCollections
import MatrixModel
import RoomGraph
import Storage

/// Resolves states of one room at a cost that depends on where they differ, not on how large they are.
struct StateResolver: Sendable {
    let dependencies: Dependencies
    let rules: RoomVersionRules
    let sets: [StateMap]
    /// The slots in which the states may differ.
    let slots: [Int64]
    /// Events of the states that are not stored yet, by number.
    let pending: [Int64: Event]

    /// What the resolution has in every slot in which the states differ or the resolution brings something else; by slot.
    func resolve() async throws -> [StateChange] {
        let conflict = SlotConflict(of: sets, in: slots, absenceConflicts: rules.stateResolution != .v1)
        var values = conflict.agreed
        if !conflict.conflicted.isEmpty {
            try await dependencies.slots.loadKeys(conflict.conflicted.map(\.slot))
            let cache = dependencies.events
            let slotTable = dependencies.slots
            let resolved = try await dependencies.database.read { transaction in
                let graph = GraphReader(transaction, cache: cache, slots: slotTable, pending: pending)
                return try resolve(conflict, graph)
            }
            for change in resolved { values[change.slot] = .some(change.event) }
        }
        return values.keys.sorted().map { StateChange(slot: $0, event: values[$0] ?? nil) }
    }

    private func resolve(_ conflict: SlotConflict, _ graph: GraphReader) throws -> [StateChange] {
        var conflicted: [StateKey: [EventID]] = [:]
        var changes: [Int64: Int64?] = [:]
        for (slot, numbers) in conflict.conflicted {
            changes[slot] = .some(nil)
            guard let key = graph.key(of: slot) else { throw StorageError.corrupt("slot \(slot)") }
            conflicted[key] = try numbers.map { try graph.needed($0).event.id }
        }
        let contested = Set(conflict.conflicted.map(\.slot))
        let common: (Int64) -> Int64? = { slot in
            if contested.contains(slot) { return nil }
            if let agreed = conflict.agreed[slot] { return agreed }
            return sets[0][slot]
        }
        var difference: Set<EventID> = []
        switch rules.stateResolution {
        case .v1: break
        case .v2, .v2_1: difference = try AuthChainDifference(graph: graph, common: common).find(own: conflict.own)
        }
        let resolved = StateResolution.resolve(
            conflicted: conflicted, unconflicted: { key in graph.slot(of: key).flatMap(common).flatMap { graph.entry(number: $0)?.event.id } },
            authDifference: difference, rules: rules, events: { graph.entry($0)?.event }, isRejected: { graph.entry($0)?.isRejected ?? false })
        if let error = graph.error { throw error }
        for (key, id) in resolved {
            guard let slot = graph.slot(of: key), let entry = graph.entry(id) else { throw StorageError.corrupt("\(key) \(id)") }
            changes[slot] = .some(entry.number)
        }
        return changes.map { StateChange(slot: $0.key, event: $0.value) }
    }
}

/// States of one room parted into what they agree on and what they do not, in the slots in which they may differ.
struct SlotConflict: Sendable {
    /// The different events of each slot that is in conflict; by slot.
    private(set) var conflicted: [(slot: Int64, events: [Int64])] = []
    /// Slots that only some states have, where that is no conflict, with their event.
    private(set) var agreed: [Int64: Int64?] = [:]
    /// Of each state, its events in conflicted slots.
    private(set) var own: [[Int64]]

    /// `absenceConflicts`: whether a slot that only some of the states have is in conflict.
    init(of sets: [StateMap], in slots: [Int64], absenceConflicts: Bool) {
        own = Array(repeating: [], count: sets.count)
        for slot in slots {
            let values = sets.map { $0[slot] }
            var distinct: [Int64] = []
            for case let value? in values where !distinct.contains(value) { distinct.append(value) }
            let isAbsent = values.contains(nil)
            if distinct.isEmpty || (distinct.count == 1 && !isAbsent) { continue }
            if distinct.count == 1, !absenceConflicts {
                agreed[slot] = .some(distinct[0])
                continue
            }
            conflicted.append((slot, distinct))
            for (position, value) in values.enumerated() {
                if let value { own[position].append(value) }
            }
        }
    }
}
