public import Database
import MatrixModel

/// Events of timelines by the time that they claim.
public struct EventTimeStore {
    private let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    /// An event and its time.
    public struct Entry: Sendable, Hashable {
        /// The event's number.
        public let event: Int64
        /// Milliseconds since the epoch.
        public let timestamp: Int
    }

    /// Notes a shown event's time.
    public func add(_ stored: StoredEvent) throws {
        guard stored.flags.isShown, stored.ordering != nil else { return }
        try transaction.execute(
            """
            INSERT INTO event_times (room, timestamp, event) VALUES (\(stored.room), \(stored.event.originServerTS), \(stored.number))
            ON CONFLICT (room, timestamp, event) DO NOTHING
            """)
    }

    /// The events at or after a time, the nearest first.
    public func entries(room: Int64, from timestamp: Int, limit: Int) throws -> [Entry] {
        try transaction.map(
            "SELECT event, timestamp FROM event_times WHERE room = \(room) AND timestamp >= \(timestamp) ORDER BY timestamp, event LIMIT \(limit)"
        ) { Entry(event: $0.int(0), timestamp: $0.integer(1)) }
    }

    /// The events at or before a time, the nearest first.
    public func entries(room: Int64, upTo timestamp: Int, limit: Int) throws -> [Entry] {
        try transaction.map(
            """
            SELECT event, timestamp FROM event_times WHERE room = \(room) AND timestamp <= \(timestamp)
            ORDER BY timestamp DESC, event DESC LIMIT \(limit)
            """
        ) { Entry(event: $0.int(0), timestamp: $0.integer(1)) }
    }
}
