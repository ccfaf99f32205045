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
