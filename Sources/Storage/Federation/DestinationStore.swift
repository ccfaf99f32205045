public import Database
public import MatrixModel

/// How it stands with sending to another server.
public struct Destination: Sendable, Hashable {
    public let server: ServerName
    /// Up to where the outbox was delivered to it.
    public let acknowledged: Position
    /// Since when nothing gets through, in milliseconds since 1970; nil where it is well.
    public let failingSince: Int?
    /// When to try again, in milliseconds since 1970.
    public let retryAt: Int?
    /// The time between the last failure and `retryAt`, in milliseconds.
    public let retryInterval: Int
}

/// The servers that this one sends to.
public struct DestinationStore {
    private let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    /// The state of a server; nil where nothing was ever sent to it.
    public func destination(_ server: ServerName) throws -> Destination? {
        try transaction.first(
            "SELECT server, acknowledged, failing_since, retry_at, retry_interval FROM destinations WHERE server = \(server)", decode)
    }

    /// All servers, in order.
    public func destinations() throws -> [Destination] {
        try transaction.map("SELECT server, acknowledged, failing_since, retry_at, retry_interval FROM destinations ORDER BY server", decode)
    }

    /// Notes a server from whose first event on the outbox is to be delivered; one that is known stays as it is.
    public func ensure(_ server: ServerName, acknowledged: Position) throws {
        try transaction.execute(
            "INSERT INTO destinations (server, acknowledged) VALUES (\(server), \(acknowledged)) ON CONFLICT (server) DO NOTHING")
    }

    /// Notes that the server has taken everything up to `position`, and is well. Never goes back.
    public func acknowledge(_ server: ServerName, through position: Position) throws {
        try transaction.execute(
            """
            INSERT INTO destinations (server, acknowledged) VALUES (\(server), \(position)) ON CONFLICT (server) DO UPDATE
            SET acknowledged = max(acknowledged, excluded.acknowledged), failing_since = NULL, retry_at = NULL, retry_interval = 0
            """)
    }

    /// Notes a failure, and when to try again.
    public func fail(_ server: ServerName, at now: Int, retryInterval: Int) throws {
        try transaction.execute(
            """
            INSERT INTO destinations (server, acknowledged, failing_since, retry_at, retry_interval)
            VALUES (\(server), 0, \(now), \(now + retryInterval), \(retryInterval)) ON CONFLICT (server) DO UPDATE
            SET failing_since = coalesce(failing_since, excluded.failing_since), retry_at = excluded.retry_at,
                retry_interval = excluded.retry_interval
            """)
    }

    /// Notes that the server is well, as a request from it or an answer of it shows.
    public func recover(_ server: ServerName) throws {
        try transaction.execute(
            "UPDATE destinations SET failing_since = NULL, retry_at = NULL, retry_interval = 0 WHERE server = \(server) AND retry_at IS NOT NULL")
    }

    /// The least position that some server has not acknowledged beyond; everything up to it can leave the outbox. Nil without servers.
    public func leastAcknowledged() throws -> Position? {
        try transaction.first("SELECT min(acknowledged) FROM destinations")?.optionalInt(0)
    }

    private func decode(_ row: Row) throws -> Destination {
        Destination(
            server: try row.server(0), acknowledged: row.int(1), failingSince: row.optionalInteger(2), retryAt: row.optionalInteger(3),
            retryInterval: row.integer(4))
    }
}
