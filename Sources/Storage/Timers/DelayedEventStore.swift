public import Database
public import MatrixModel

/// Events to be sent later (MSC4140); the row of one that is sent ends in the transaction of its event.
public struct DelayedEventStore {
    private let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    // MARK: Waiting

    /// Keeps an event to be sent later and gives its number.
    public func schedule(_ new: NewDelayedEvent, at now: Int) throws -> Int64 {
        let number = try transaction.first(
            """
            INSERT INTO delayed_events (delay_id, user_id, device_id, transaction_id, room, type, state_key, content, origin_server_ts, sticky,
                delay, scheduled, due)
            VALUES (\(new.id), \(new.user), \(new.device), \(new.transactionID), \(new.room), \(new.type), \(new.stateKey), \(new.content),
                \(new.originServerTS), \(new.stickyMilliseconds), \(new.delayMilliseconds), \(now), \(now + new.delayMilliseconds))
            RETURNING delayed
            """
        ) { $0.int(0) }
        guard let number else { throw StorageError.missingRow("delayed_events") }
        return number
    }

    /// The identifier that the same request was answered with before.
    public func repeated(_ new: NewDelayedEvent) throws -> String? {
        guard let id = new.transactionID else { return nil }
        return try transaction.first(
            """
            SELECT delay_id FROM delayed_events WHERE user_id = \(new.user) AND device_id = \(new.device) AND room = \(new.room)
                AND type = \(new.type) AND transaction_id = \(id)
            """
        ) { $0.text(0) }
    }

    /// How many events of a person wait, and when the first of them is due.
    public func waiting(of user: UserID) throws -> (count: Int, first: Int?) {
        try transaction.first("SELECT count(*), min(due) FROM delayed_events WHERE user_id = \(user) AND due IS NOT NULL") {
            ($0.integer(0), $0.optionalInteger(1))
        } ?? (0, nil)
    }

    /// Everything that waits, by number, with when it is due.
    public func allDue() throws -> [(number: Int64, due: Int)] {
        try transaction.map("SELECT delayed, due FROM delayed_events WHERE due IS NOT NULL ORDER BY due, delayed") {
            ($0.int(0), $0.integer(1))
        }
    }

    /// Sends an event that waits later again: its whole delay from now. Gives when it is due; nil where it waits no more.
    public func restart(_ number: Int64, at now: Int) throws -> Int? {
        try transaction.first(
            """
            UPDATE delayed_events SET scheduled = \(now), due = \(now) + delay WHERE delayed = \(number) AND due IS NOT NULL RETURNING due
            """
        ) { $0.integer(0) }
    }

    // MARK: Ending

    /// Notes what an event became; false where it waited no more.
    public func finish(_ number: Int64, event: EventID, at now: Int) throws -> Bool {
        try transaction.execute(
            """
            UPDATE delayed_events SET due = NULL, finalised = \(now), event_id = \(event) WHERE delayed = \(number) AND due IS NOT NULL
            """) == 1
    }

    /// Ends the waiting of an event without sending it; `error` is the JSON text of what keeps it from being sent. False where it waited no more.
    @discardableResult
    public func cancel(_ number: Int64, error: [UInt8]? = nil, at now: Int) throws -> Bool {
        try transaction.execute(
            "UPDATE delayed_events SET due = NULL, finalised = \(now), error = \(error) WHERE delayed = \(number) AND due IS NOT NULL") == 1
    }

    /// Ends the waiting of all that a person wanted to send to a room that they are in no more.
    func cancelAll(of user: UserID, room: Int64, at now: Int) throws {
        let error = MatrixError.forbidden("The sender left the room.").body.bytes()
        try transaction.execute(
            """
            UPDATE delayed_events SET due = NULL, finalised = \(now), error = \(error)
            WHERE user_id = \(user) AND room = \(room) AND due IS NOT NULL
            """)
    }

    /// Forgets what ended before `moment`, and of each person all but the newest `count` that ended.
    public func forget(endedBefore moment: Int, keeping count: Int) throws {
        try transaction.execute("DELETE FROM delayed_events WHERE finalised < \(moment)")
        try transaction.execute(
            """
            DELETE FROM delayed_events WHERE delayed IN (
                SELECT delayed FROM (
                    SELECT delayed, row_number() OVER (PARTITION BY user_id ORDER BY finalised DESC, delayed DESC) AS place
                    FROM delayed_events WHERE finalised IS NOT NULL)
                WHERE place > \(count))
            """)
    }

    // MARK: Reading

    /// The delayed event that clients know by that identifier.
    public func event(_ id: String) throws -> DelayedEvent? {
        try transaction.map("\(DelayedEventStore.columns) WHERE d.delay_id = \(id)", decode).first
    }

    /// The delayed events of those numbers, by when they are due.
    public func events(_ numbers: [Int64]) throws -> [DelayedEvent] {
        try transaction.map("\(DelayedEventStore.columns) WHERE d.delayed IN (\(SQL.list(numbers))) ORDER BY d.due, d.delayed", decode)
    }

    /// What a person's events wait for, the first due first.
    public func waitingEvents(of user: UserID) throws -> [DelayedEvent] {
        try transaction.map(
            "\(DelayedEventStore.columns) WHERE d.user_id = \(user) AND d.due IS NOT NULL ORDER BY d.due, d.delayed", decode)
    }

    /// A person's events that ended, the newest first.
    public func endedEvents(of user: UserID, limit: Int) throws -> [DelayedEvent] {
        try transaction.map(
            "\(DelayedEventStore.columns) WHERE d.user_id = \(user) AND d.finalised IS NOT NULL ORDER BY d.finalised DESC, d.delayed DESC LIMIT \(limit)",
            decode)
    }

    /// The identifiers under which that person had those events delayed, for the events' `unsigned`.
    public func delayIDs(of events: [EventID], user: UserID) throws -> [EventID: String] {
        var found: [EventID: String] = [:]
        guard !events.isEmpty else { return found }
        try transaction.forEach("SELECT event_id, delay_id FROM delayed_events WHERE event_id IN (\(SQL.list(events))) AND user_id = \(user)") {
            found[try $0.eventID(0)] = $0.text(1)
        }
        return found
    }

    private static let columns: SQL = """
        SELECT d.delayed, d.delay_id, d.user_id, d.device_id, d.transaction_id, r.room_id, d.type, d.state_key, d.content, d.origin_server_ts,
            d.sticky, d.delay, d.scheduled, d.due, d.finalised, d.event_id, d.error
        FROM delayed_events d JOIN rooms r ON r.room = d.room
        """

    private func decode(_ row: Row) throws -> DelayedEvent {
        guard let room = RoomID(row.text(5)) else { throw StorageError.corrupt("delayed_events \(row.int(0))") }
        return DelayedEvent(
            number: row.int(0), id: row.text(1), user: try row.user(2), device: row.text(3), transactionID: row.optionalText(4), room: room,
            type: row.text(6), stateKey: row.optionalText(7), content: row.blob(8), originServerTS: row.optionalInteger(9),
            stickyMilliseconds: row.optionalInteger(10), delayMilliseconds: row.integer(11), scheduled: row.integer(12),
            due: row.optionalInteger(13),
            outcome: row.optionalInteger(14).map { at in
                DelayedEvent.Outcome(at: at, event: row.optionalText(15).flatMap { EventID($0) }, error: row.optionalBlob(16))
            })
    }
}
