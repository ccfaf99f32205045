public import Database
public import MatrixModel

/// An event that other servers must be sent.
public struct OutboxEntry: Sendable {
    /// The event's journal position: a destination's progress is the last position it acknowledged.
    public let position: Position
    /// The number of the event.
    public let event: Int64
    /// The number of the room.
    public let room: Int64
    /// Servers to send to beyond those in the room now: whose last member this event removes, or whose user it invites.
    public let furtherServers: [ServerName]
}

/// Events of this server on their way to others; rows are written in the event's own transaction.
public struct OutboxStore {
    private let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    /// Entries after a position, oldest first.
    public func entries(after position: Position, limit: Int) throws -> [OutboxEntry] {
        try transaction.rows(
            "SELECT position, event, room, further_servers FROM outbox WHERE position > \(position) ORDER BY position LIMIT \(Int64(limit))"
        ).map(decode)
    }

    /// Entries after a position that concern a destination: of rooms it is in, or that name it; oldest first.
    public func entries(for destination: ServerName, after position: Position, limit: Int) throws -> [OutboxEntry] {
        let mark = " \(destination.description) "
        return try transaction.rows(
            """
            SELECT o.position, o.event, o.room, o.further_servers FROM outbox o WHERE o.position > \(position) AND (
                EXISTS (SELECT 1 FROM room_servers s WHERE s.server = \(destination.description) AND s.room = o.room AND s.members > 0)
                OR o.further_servers LIKE '%' || \(mark) || '%')
            ORDER BY o.position LIMIT \(Int64(limit))
            """
        ).map(decode)
    }

    /// The newest entry's position, 0 where there is none.
    public func head() throws -> Position {
        try transaction.first("SELECT max(position) FROM outbox")?.optionalInt(0) ?? 0
    }

    /// Removes entries that every destination has.
    public func prune(through position: Position) throws {
        _ = try transaction.execute("DELETE FROM outbox WHERE position <= \(position)")
    }

    func add(position: Position, event: Int64, room: Int64, furtherServers: [ServerName]) throws {
        let further = furtherServers.isEmpty ? nil : " " + furtherServers.map(\.description).joined(separator: " ") + " "
        _ = try transaction.execute(
            "INSERT INTO outbox (position, event, room, further_servers) VALUES (\(position), \(event), \(room), \(further))")
    }

    private func decode(_ row: Row) throws -> OutboxEntry {
        let further = row.optionalText(3) ?? ""
        return OutboxEntry(
            position: row.int(0), event: row.int(1), room: row.int(2), furtherServers: further.split(separator: " ").compactMap { ServerName($0) })
    }
}
