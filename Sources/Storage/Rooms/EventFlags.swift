/// What the server decided about an event.
public struct EventFlags: OptionSet, Hashable, Sendable {
    public let rawValue: Int64
    public init(rawValue: Int64) { self.rawValue = rawValue }

    /// Known only as part of an auth chain or a state; its place in the graph is not.
    public static let outlier = EventFlags(rawValue: 1)
    /// Refused by the authorisation rules.
    public static let rejected = EventFlags(rawValue: 2)
    /// Allowed by its own state, refused by the current one: kept, not shown (server-server API, "Soft failure").
    public static let softFailed = EventFlags(rawValue: 4)
    /// Came by backfill, from before what this server had.
    public static let backfilled = EventFlags(rawValue: 8)
    /// Its content is cut down by a redaction.
    public static let redacted = EventFlags(rawValue: 16)
    /// Of a room that this server is not in: an invite, knock or leave with stripped state.
    public static let outOfBand = EventFlags(rawValue: 32)

    /// Whether clients may ever see it in a timeline.
    public var isShown: Bool { isDisjoint(with: [.outlier, .rejected, .softFailed]) }
}
