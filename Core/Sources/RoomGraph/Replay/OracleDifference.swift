/// One point in which a replayed room differs from what its judge recorded.
public struct OracleDifference: Hashable, Sendable, CustomStringConvertible {
    /// What differs.
    public enum Kind: String, Hashable, Sendable {
        case room, format, eventID, contentHash, signature, verdict, stateSets, stateBefore, finalState
    }

    public let kind: Kind
    /// The recorded identifier of the event, or the empty string where the room as a whole differs.
    public let eventID: String
    /// What was found and what was expected.
    public let detail: String

    public var description: String { "\(kind.rawValue) \(eventID): \(detail)" }
}
