public import Database
public import MatrixModel

/// How far somebody's unread events of a room were counted, so that the next start need not count them again. All of it can be computed anew.
public struct UnreadCheckpointStore {
    private let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    /// One count.
    public struct Checkpoint: Sendable {
        /// The room's number.
        public let room: Int64
        /// The position up to which was counted.
        public let through: Position
        /// What the person's push rules and ignored users were, as the caller stamps them.
        public let rules: Int64
        /// The counts, in the caller's form.
        public let content: JSON

        public init(room: Int64, through: Position, rules: Int64, content: JSON) {
            self.room = room
            self.through = through
            self.rules = rules
            self.content = content
        }
    }

    /// Keeps a count, unless a later one is there.
    public func set(_ checkpoint: Checkpoint, user: UserID) throws {
        try transaction.execute(
            """
            INSERT INTO unread_checkpoints (user_id, room, through, rules, content)
            VALUES (\(user), \(checkpoint.room), \(checkpoint.through), \(checkpoint.rules), \(checkpoint.content.lenientBytes()))
            ON CONFLICT (user_id, room) DO UPDATE SET through = excluded.through, rules = excluded.rules, content = excluded.content
            WHERE excluded.through >= unread_checkpoints.through
            """)
    }

    /// The count of one room.
    public func checkpoint(room: Int64, user: UserID) throws -> Checkpoint? {
        try transaction.first(
            "SELECT room, through, rules, content FROM unread_checkpoints WHERE user_id = \(user) AND room = \(room)", decode)
    }

    /// The counts of all rooms.
    public func checkpoints(user: UserID) throws -> [Checkpoint] {
        try transaction.map("SELECT room, through, rules, content FROM unread_checkpoints WHERE user_id = \(user)", decode)
    }

    /// Forgets all counts.
    public func removeAll() throws {
        try transaction.execute("DELETE FROM unread_checkpoints")
    }

    private func decode(_ row: Row) throws -> Checkpoint {
        Checkpoint(room: row.int(0), through: row.int(1), rules: row.int(2), content: try row.json(3))
    }
}
