public import MatrixModel

/// An event as it is stored: with its numbers, its places in the orders, and what the server decided about it.
public struct StoredEvent: Sendable {
    /// The event's number.
    public let number: Int64
    public let event: Event
    /// The room's number.
    public let room: Int64
    /// The journal's position; nil for outliers and backfilled events.
    public let position: Position?
    /// The place in the room's timeline; nil for outliers.
    public let ordering: Int64?
    /// The number of the slot, for state events.
    public let slot: Int64?
    public var flags: EventFlags
    /// The state before the event, where it is known.
    public let before: StateReference?
    /// The state after the event, where it is known.
    public let after: StateReference?
    /// The number of the redaction that cut the content down.
    public let redaction: Int64?

    public init(
        number: Int64, event: Event, room: Int64, position: Position?, ordering: Int64?, slot: Int64?, flags: EventFlags,
        before: StateReference?, after: StateReference?, redaction: Int64?
    ) {
        self.number = number
        self.event = event
        self.room = room
        self.position = position
        self.ordering = ordering
        self.slot = slot
        self.flags = flags
        self.before = before
        self.after = after
        self.redaction = redaction
    }
}

/// The order of a room's timeline, of which journal positions are the coarse part.
///
/// Events that arrive live are ordered by position; history that is fetched later goes into the free places before the event that lacked it.
public enum TimelineOrder {
    /// Places between two neighbouring positions.
    public static let placesPerPosition: Int64 = 1 << 20

    /// The place of an event that arrived live.
    public static func ordering(of position: Position) -> Int64 { position * placesPerPosition }
    /// The last place that belongs to a position: everything up to a sync token.
    public static func end(of position: Position) -> Int64 { position * placesPerPosition + placesPerPosition - 1 }
}
