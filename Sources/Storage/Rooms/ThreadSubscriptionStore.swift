public import Database
public import MatrixModel

/// Who follows which thread (MSC4306); a subscription that ended stays, so that it can be told and is not begun again for what came before.
public struct ThreadSubscriptionStore {
    private let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    /// A person's standing towards a thread.
    public struct Subscription: Hashable, Sendable {
        public let root: EventID
        /// False where the person stopped following it.
        public let isSubscribed: Bool
        /// Whether a client did it of its own accord.
        public let isAutomatic: Bool
        /// The position of the change.
        public let position: Position
    }

    /// A person's standing towards a thread; nil where they never followed it.
    public func subscription(of user: UserID, room: Int64, root: EventID) throws -> Subscription? {
        try transaction.first(
            """
            SELECT root, subscribed, automatic, position FROM thread_subscriptions
            WHERE user_id = \(user) AND room = \(room) AND root = \(root)
            """,
            ThreadSubscriptionStore.subscription)
    }

    /// Those who follow a thread, for the push condition `thread_subscription`.
    public func subscribers(room: Int64, root: EventID) throws -> Set<UserID> {
        Set(
            try transaction.map("SELECT user_id FROM thread_subscriptions WHERE room = \(room) AND root = \(root) AND subscribed = 1") {
                try $0.user(0)
            })
    }

    /// A person's changes after a position up to another, the newest first, each with its room: for sliding sync (MSC4308).
    public func changes(
        of user: UserID, after: Position, through: Position, limit: Int
    ) throws -> [(room: RoomID, subscription: Subscription)] {
        try transaction.map(
            """
            SELECT t.root, t.subscribed, t.automatic, t.position, r.room_id FROM thread_subscriptions t JOIN rooms r ON r.room = t.room
            WHERE t.user_id = \(user) AND t.position > \(after) AND t.position <= \(through) ORDER BY t.position DESC LIMIT \(limit)
            """
        ) { (try $0.roomID(4), try ThreadSubscriptionStore.subscription($0)) }
    }

    /// Sets a person's standing.
    public func set(
        _ user: UserID, room: Int64, root: EventID, isSubscribed: Bool, isAutomatic: Bool, position: Position
    ) throws {
        _ = try transaction.execute(
            """
            INSERT INTO thread_subscriptions (user_id, room, root, subscribed, automatic, position)
            VALUES (\(user), \(room), \(root), \(isSubscribed), \(isAutomatic), \(position))
            ON CONFLICT (user_id, room, root) DO UPDATE SET subscribed = excluded.subscribed, automatic = excluded.automatic,
                position = excluded.position
            """)
    }

    private static func subscription(_ row: Row) throws -> Subscription {
        Subscription(root: try row.eventID(0), isSubscribed: row.bool(1), isAutomatic: row.bool(2), position: row.int(3))
    }
}
