public import Database
public import MatrixModel

/// One slot of a room's state with its key, and the number of the event that it holds; nil where it is empty now.
public struct SelectedState: Sendable {
    public let slot: Int64
    public let key: StateKey
    public let event: Int64?

    public init(slot: Int64, key: StateKey, event: Int64?) {
        self.slot = slot
        self.key = key
        self.event = event
    }
}

/// Reads chosen parts of a room's state in one query each.
public struct StateSelection {
    private let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    /// The whole state when the journal stood at `position`.
    public func all(room: Int64, at position: Position) throws -> [SelectedState] {
        try latest(
            """
            SELECT c.slot, c.event, s.type, s.state_key FROM current_state_log c JOIN slots s ON s.slot = c.slot
            WHERE c.room = \(room) AND c.position <= \(position) ORDER BY c.slot, c.position
            """)
    }

    /// The whole state but its members.
    public func withoutMembers(room: Int64, at position: Position) throws -> [SelectedState] {
        try latest(
            """
            SELECT c.slot, c.event, s.type, s.state_key FROM current_state_log c JOIN slots s ON s.slot = c.slot
            WHERE c.room = \(room) AND c.position <= \(position) AND s.type <> 'm.room.member' ORDER BY c.slot, c.position
            """)
    }

    /// The state of one type, found by the type: for rooms with so many members that nobody wants to pass them all.
    public func ofType(_ type: String, room: Int64, at position: Position) throws -> [SelectedState] {
        try latest(
            """
            SELECT s.slot, c.event, s.type, s.state_key FROM slots s CROSS JOIN current_state_log c ON c.room = \(room) AND c.slot = s.slot
            WHERE s.type = \(type) AND c.position <= \(position) ORDER BY s.slot, c.position
            """)
    }

    /// What changed after `from` up to `to`.
    public func changes(room: Int64, after from: Position, through to: Position) throws -> [SelectedState] {
        var slots: [Int64: SelectedState] = [:]
        try transaction.forEach(
            """
            SELECT c.slot, c.event, s.type, s.state_key FROM current_state_log c JOIN slots s ON s.slot = c.slot
            WHERE c.room = \(room) AND c.position > \(from) AND c.position <= \(to) ORDER BY c.position
            """
        ) { row in
            slots[row.int(0)] = SelectedState(slot: row.int(0), key: StateKey(row.text(2), row.text(3)), event: row.optionalInt(1))
        }
        return slots.values.sorted { $0.slot < $1.slot }
    }

    /// A state event's slot and the state before it.
    public struct Place: Sendable {
        public let event: Int64
        public let slot: Int64
        public let before: StateReference

        public init(event: Int64, slot: Int64, before: StateReference) {
            self.event = event
            self.slot = slot
            self.before = before
        }
    }

    /// What was in each event's slot before it, by the event's number; none where the slot was empty.
    public func previous(of places: [Place]) throws -> [Int64: Int64] {
        var found: [Int64: Int64] = [:]
        var waiting = Dictionary(grouping: places.map { (place: $0, through: $0.before.position) }) { $0.place.before.branch }
        while let (branch, group) = waiting.first {
            waiting[branch] = nil
            let last = group.reduce(0) { max($0, $1.through) }
            var log: [Int64: [(position: Int64, event: Int64?)]] = [:]
            try transaction.forEach(
                """
                SELECT slot, position, event FROM state_log WHERE branch = \(branch) AND slot IN (\(SQL.list(group.map { $0.place.slot })))
                AND position <= \(last) ORDER BY slot, position
                """
            ) { row in log[row.int(0), default: []].append((row.int(1), row.optionalInt(2))) }
            let others = group.filter { entry in
                guard let held = log[entry.place.slot]?.last(where: { $0.position <= entry.through }) else { return true }
                found[entry.place.event] = held.event
                return false
            }
            guard !others.isEmpty else { continue }
            let parent = try transaction.first("SELECT parent, parent_position FROM state_branches WHERE branch = \(branch)") { row in
                row.optionalInt(0).flatMap { number in row.optionalInt(1).map { StateReference(branch: number, position: $0) } }
            }
            guard let parent = parent ?? nil else { continue }
            waiting[parent.branch, default: []] += others.map { ($0.place, parent.position) }
        }
        return found
    }

    /// The last row of each slot, where it holds something.
    private func latest(_ sql: SQL) throws -> [SelectedState] {
        var result: [SelectedState] = []
        try transaction.forEach(sql) { row in
            let slot = row.int(0)
            if result.last?.slot == slot { result.removeLast() }
            if let event = row.optionalInt(1) { result.append(SelectedState(slot: slot, key: StateKey(row.text(2), row.text(3)), event: event)) }
        }
        return result
    }
}
