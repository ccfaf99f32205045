public import Database
public import HashTreeCollections
public import MatrixModel

/// A room's state in memory: slot number to event number, with structural sharing between versions.
public typealias StateMap = TreeDictionary<Int64, Int64>

/// The state log, the current state of rooms, and the interned slots.
public struct StateStore {
    let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    /// The number of a slot, nil where no event ever used it.
    public func slot(_ key: StateKey) throws -> Int64? {
        try transaction.first("SELECT slot FROM slots WHERE type = \(key.type) AND state_key = \(key.key)")?.int(0)
    }

    /// The slot of that number.
    public func key(ofSlot slot: Int64) throws -> StateKey? {
        try transaction.first("SELECT type, state_key FROM slots WHERE slot = \(slot)").map { StateKey($0.text(0), $0.text(1)) }
    }

    /// The number of a slot, made where there was none.
    public func intern(_ key: StateKey) throws -> Int64 {
        if let slot = try slot(key) { return slot }
        let row = try transaction.first("INSERT INTO slots (type, state_key) VALUES (\(key.type), \(key.key)) RETURNING slot")
        guard let row else { throw StorageError.missingRow("slots") }
        return row.int(0)
    }

    /// Stores a slot under its number, unless it is there.
    func add(_ slot: NewSlot) throws {
        _ = try transaction.execute(
            """
            INSERT INTO slots (slot, type, state_key) VALUES (\(slot.number), \(slot.key.type), \(slot.key.key))
            ON CONFLICT (slot) DO NOTHING
            """)
    }

    /// The largest number of a slot.
    public func largestSlot() throws -> Int64 {
        try transaction.first("SELECT max(slot) FROM slots")?.optionalInt(0) ?? 0
    }

    /// Stores what a commit adds to the state log.
    func extend(_ extension: StateExtension, room: Int64) throws {
        let result = `extension`.result
        if let branch = `extension`.newBranch {
            _ = try transaction.execute(
                """
                INSERT INTO state_branches (branch, room, parent, parent_position, head, depth)
                VALUES (\(result.branch), \(room), \(branch.parent?.branch), \(branch.parent?.position), \(result.position), \(Int64(branch.depth)))
                """)
        } else {
            let changed = try transaction.execute(
                "UPDATE state_branches SET head = \(result.position) WHERE branch = \(result.branch) AND head = \(result.position - 1)")
            // A state never changes once it is there: what would overwrite one was decided on a stale branch.
            guard changed == 1 else { throw StorageError.revisionConflict }
        }
        for change in `extension`.changes {
            _ = try transaction.execute(
                """
                INSERT INTO state_log (branch, slot, position, event)
                VALUES (\(result.branch), \(change.slot), \(result.position), \(change.event))
                """)
        }
    }

    /// The head and depth of a branch.
    public func branch(_ branch: Int64) throws -> (head: Int64, depth: Int)? {
        try transaction.first("SELECT head, depth FROM state_branches WHERE branch = \(branch)").map { ($0.int(0), $0.integer(1)) }
    }

    /// The whole state, read back through the branch's parents.
    public func state(at reference: StateReference) throws -> StateMap {
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
        var state = StateMap()
        for part in lineage.reversed() {
            try transaction.forEach(
                """
                SELECT slot, event FROM state_log WHERE branch = \(part.branch) AND position <= \(part.position) ORDER BY slot, position
                """
            ) { row in
                state[row.int(0)] = row.optionalInt(1)
            }
        }
        return state
    }

    /// One slot of a state, without reading the rest.
    public func event(in reference: StateReference, slot: Int64) throws -> Int64? {
        var next: StateReference? = reference
        while let current = next {
            let found = try transaction.first(
                """
                SELECT event FROM state_log WHERE branch = \(current.branch) AND slot = \(slot) AND position <= \(current.position)
                ORDER BY position DESC LIMIT 1
                """)
            if let found { return found.optionalInt(0) }
            let row = try transaction.first("SELECT parent, parent_position FROM state_branches WHERE branch = \(current.branch)")
            if let row, let parent = row.optionalInt(0), let position = row.optionalInt(1) {
                next = StateReference(branch: parent, position: position)
            } else {
                next = nil
            }
        }
        return nil
    }

    /// The room's current state, or what it was when the journal stood at `position`.
    public func currentState(room: Int64, at position: Position = .max) throws -> StateMap {
        var state = StateMap()
        try transaction.forEach(
            "SELECT slot, event FROM current_state_log WHERE room = \(room) AND position <= \(position) ORDER BY slot, position"
        ) { row in
            state[row.int(0)] = row.optionalInt(1)
        }
        return state
    }

    /// One slot of the room's current state, or of what it was when the journal stood at `position`.
    public func currentEvent(room: Int64, slot: Int64, at position: Position = .max) throws -> Int64? {
        try transaction.first(
            """
            SELECT event FROM current_state_log WHERE room = \(room) AND slot = \(slot) AND position <= \(position)
            ORDER BY position DESC LIMIT 1
            """)?.optionalInt(0)
    }

    /// The slots of the current state that changed after `from` up to `to`, each with what it holds at `to`; by slot.
    public func currentStateChanges(room: Int64, after from: Position, through to: Position) throws -> [StateChange] {
        var latest: [Int64: Int64?] = [:]
        try transaction.forEach(
            """
            SELECT slot, event FROM current_state_log WHERE room = \(room) AND position > \(from) AND position <= \(to) ORDER BY position
            """
        ) { row in
            latest[row.int(0)] = .some(row.optionalInt(1))
        }
        return latest.keys.sorted().map { StateChange(slot: $0, event: latest[$0] ?? nil) }
    }

    /// Each value that a slot of the current state has had: position and event, oldest first.
    public func history(room: Int64, slot: Int64) throws -> [(position: Position, event: Int64?)] {
        try transaction.rows("SELECT position, event FROM current_state_log WHERE room = \(room) AND slot = \(slot) ORDER BY position")
            .map { ($0.int(0), $0.optionalInt(1)) }
    }

    func recordCurrent(_ change: StateChange, room: Int64, position: Position) throws {
        _ = try transaction.execute(
            """
            INSERT INTO current_state_log (room, slot, position, event) VALUES (\(room), \(change.slot), \(position), \(change.event))
            ON CONFLICT (room, slot, position) DO UPDATE SET event = excluded.event
            """)
    }
}
