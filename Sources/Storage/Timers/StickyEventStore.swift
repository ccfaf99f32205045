public import Database
public import MatrixModel

/// A sticky event of a commit.
public struct StickyMark: Sendable {
    /// The event's number.
    public let event: Int64
    public let sender: UserID
    /// When it ceases to be sticky, in milliseconds since the epoch.
    public let expires: Int
    /// Whether clients are told; false for one that is soft-failed.
    public let isShown: Bool

    public init(event: Int64, sender: UserID, expires: Int, isShown: Bool) {
        self.event = event
        self.sender = sender
        self.expires = expires
        self.isShown = isShown
    }
}

/// An event that is sticky, for clients.
public struct StickyEvent: Sendable {
    public let stored: StoredEvent
    /// Since when clients are told of it.
    public let position: Position
    /// When it ceases to be sticky, in milliseconds since the epoch.
    public let expires: Int
}

/// Sticky events while they are so (MSC4354).
public struct StickyEventStore {
    private let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    // MARK: Writing

    func add(_ mark: StickyMark, room: Int64, position: Position?) throws {
        try transaction.execute(
            """
            INSERT INTO sticky_events (event, room, sender, position, expires)
            VALUES (\(mark.event), \(room), \(mark.sender), \(position), \(mark.expires))
            ON CONFLICT (event) DO UPDATE SET position = coalesce(sticky_events.position, excluded.position)
            """)
    }

    /// Shows events that were soft-failed until now.
    func admit(_ events: [Int64], at position: Position) throws {
        guard !events.isEmpty else { return }
        try transaction.execute(
            "UPDATE sticky_events SET position = \(position) WHERE event IN (\(SQL.list(events))) AND position IS NULL")
    }

    /// Puts the sticky events that a server's users sent into the outbox once more, for servers that were not in the room.
    ///
    /// "When a new server joins the room, existing servers MUST attempt to push all of their own sticky events."
    func resend(room: Int64, of origin: ServerName, to servers: [ServerName], unexpiredAt now: Int) throws {
        let events = try transaction.map(
            """
            SELECT event, sender FROM sticky_events WHERE room = \(room) AND position IS NOT NULL AND expires > \(now) ORDER BY position, event
            """
        ) { (number: $0.int(0), sender: try $0.user(1)) }.filter { $0.sender.server == origin }
        guard !events.isEmpty else { return }
        var position = try Positions.take(events.count, transaction)
        for event in events {
            // Of no room, so that the entry is for the servers that it names alone.
            try OutboxStore(transaction).add(position: position, event: event.number, room: 0, furtherServers: servers)
            position += 1
        }
    }

    /// Forgets events that are not sticky any more.
    public func deleteExpired(at now: Int) throws {
        try transaction.execute("DELETE FROM sticky_events WHERE expires <= \(now)")
    }

    // MARK: Reading

    /// What is sticky in a room and was told clients after one position and up to another, oldest first; redacted events are not.
    public func events(room: Int64, after start: Position, through end: Position, unexpiredAt now: Int, limit: Int) throws -> [StickyEvent] {
        let rows = try transaction.map(
            """
            SELECT event, position, expires FROM sticky_events
            WHERE room = \(room) AND position > \(start) AND position <= \(end) AND expires > \(now) ORDER BY position, event LIMIT \(limit)
            """
        ) { (number: $0.int(0), position: $0.int(1), expires: $0.integer(2)) }
        guard !rows.isEmpty else { return [] }
        let stored = try EventStore(transaction).events(numbers: rows.map(\.number))
        let byNumber = Dictionary(stored.map { ($0.number, $0) }, uniquingKeysWith: { first, _ in first })
        return rows.compactMap { row in
            guard let event = byNumber[row.number], event.redaction == nil else { return nil }
            return StickyEvent(stored: event, position: row.position, expires: row.expires)
        }
    }

    /// The soft-failed events of senders that are still sticky.
    public func hidden(room: Int64, of senders: [UserID], unexpiredAt now: Int) throws -> [Int64] {
        guard !senders.isEmpty else { return [] }
        return try transaction.map(
            """
            SELECT event FROM sticky_events
            WHERE room = \(room) AND position IS NULL AND expires > \(now) AND sender IN (\(SQL.list(senders))) ORDER BY event
            """
        ) { $0.int(0) }
    }
}
