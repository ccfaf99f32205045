public import Database
public import MatrixModel

/// A report of bad content, as it was made.
public struct Report: Sendable, Hashable {
    /// What is reported.
    public enum Subject: Sendable, Hashable {
        case room(RoomID)
        /// `json` is the event as it was then.
        case event(EventID, room: RoomID, json: [UInt8])
        case user(UserID)

        var kind: String {
            switch self {
            case .room: "room"
            case .event: "event"
            case .user: "user"
            }
        }
    }

    public let subject: Subject
    public let reporter: UserID
    public let reason: String?
    /// From −100 to 0, most offensive to inoffensive; of older clients.
    public let score: Int?
    /// When it came, in milliseconds since 1970.
    public let received: Int

    public init(subject: Subject, reporter: UserID, reason: String?, score: Int?, received: Int) {
        self.subject = subject
        self.reporter = reporter
        self.reason = reason
        self.score = score
        self.received = received
    }
}

/// The reports that wait for the administrators.
public struct ReportStore {
    private let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    /// Adds a report and gives its number; of those of all people the oldest beyond `limit` go, and of the reporter's beyond `perReporter`.
    @discardableResult
    public func add(_ report: Report, keeping limit: Int, perReporter: Int) throws -> Int64 {
        var (room, event, user, json): (RoomID?, EventID?, UserID?, [UInt8]?) = (nil, nil, nil, nil)
        switch report.subject {
        case .room(let id): room = id
        case .event(let id, let place, let bytes): (event, room, json) = (id, place, bytes)
        case .user(let id): user = id
        }
        let number = try transaction.first(
            """
            INSERT INTO reports (kind, reporter, room_id, event_id, reported_user, reason, score, event, received)
            VALUES (\(report.subject.kind), \(report.reporter), \(room?.description), \(event?.description), \(user?.description),
                \(report.reason), \(report.score), \(json), \(report.received)) RETURNING report
            """)?.int(0)
        guard let number else { throw StorageError.corrupt("reports") }
        try transaction.execute("DELETE FROM reports WHERE report <= \(number - Int64(limit))")
        try transaction.execute(
            """
            DELETE FROM reports WHERE reporter = \(report.reporter) AND report <= (
                SELECT report FROM reports WHERE reporter = \(report.reporter) ORDER BY report DESC LIMIT 1 OFFSET \(perReporter))
            """)
        return number
    }

    /// Reports with smaller numbers than `before`, newest first.
    public func reports(before: Int64 = .max, limit: Int) throws -> [(number: Int64, report: Report)] {
        try transaction.map(
            """
            SELECT report, kind, reporter, room_id, event_id, reported_user, reason, score, event, received FROM reports
            WHERE report < \(before) ORDER BY report DESC LIMIT \(limit)
            """
        ) { ($0.int(0), try decode($0)) }
    }

    /// One report; nil where there is none of that number.
    public func report(_ number: Int64) throws -> Report? {
        try transaction.first(
            """
            SELECT report, kind, reporter, room_id, event_id, reported_user, reason, score, event, received FROM reports
            WHERE report = \(number)
            """, decode)
    }

    /// Removes a report; false where there is none of that number.
    public func remove(_ number: Int64) throws -> Bool {
        try transaction.execute("DELETE FROM reports WHERE report = \(number)") == 1
    }

    private func decode(_ row: Row) throws -> Report {
        let subject: Report.Subject
        switch row.text(1) {
        case "room": subject = .room(try row.roomID(3))
        case "event": subject = .event(try row.eventID(4), room: try row.roomID(3), json: row.optionalBlob(8) ?? [])
        case "user": subject = .user(try row.user(5))
        default: throw StorageError.corrupt("kind of a report")
        }
        return Report(
            subject: subject, reporter: try row.user(2), reason: row.optionalText(6), score: row.optionalInteger(7), received: row.integer(9))
    }
}
