import Database
public import HashTreeCollections

extension StateStore {
    /// A state without its member events, which in large rooms are nearly all of it.
    public func stateWithoutMembers(at reference: StateReference) throws -> StateMap {
        var state = StateMap()
        for part in try lineage(of: reference).reversed() {
            try transaction.forEach(
                """
                SELECT l.slot, l.event FROM state_log l JOIN slots s ON s.slot = l.slot
                WHERE l.branch = \(part.branch) AND l.position <= \(part.position) AND s.type <> 'm.room.member' ORDER BY l.slot, l.position
                """
            ) { row in
                state[row.int(0)] = row.optionalInt(1)
            }
        }
        return state
    }

    /// The branches that make up a state, its own first, each with the last position that counts.
    private func lineage(of reference: StateReference) throws -> [StateReference] {
        var lineage: [StateReference] = []
        var next: StateReference? = reference
        while let current = next {
            lineage.append(current)
            let row = try transaction.first("SELECT parent, parent_position FROM state_branches WHERE branch = \(current.branch)")
            if let row, let parent = row.optionalInt(0), let position = row.optionalInt(1) {
                next = StateReference(branch: parent, position: position)
            } else {
                next = nil
            }
        }
        return lineage
    }
}
