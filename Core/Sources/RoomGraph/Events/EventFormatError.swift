public import MatrixModel

/// Why bytes are not an event of a room version: "Is a valid event, otherwise it is dropped" (server-server API, "Checks performed on
/// receipt of a PDU").
public enum EventFormatError: Error, Hashable, Sendable {
    /// The PDU is no object.
    case notAnObject
    /// The PDU has no canonical form, which the room version demands.
    case notCanonical(JSONError)
    /// The PDU is longer than 65,536 bytes.
    case tooLarge
    /// A member that the format requires is absent.
    case missing(Field)
    /// A member is not of the kind or grammar that the format demands.
    case malformed(Field)
    /// An identifier, type or state key is longer than 255 bytes.
    case tooLong(Field)
    /// More than 20 `prev_events` or 10 `auth_events`.
    case tooMany(Field)

    /// The members of a PDU that the format speaks of.
    public enum Field: String, Hashable, Sendable {
        case eventID = "event_id"
        case roomID = "room_id"
        case type
        case stateKey = "state_key"
        case sender
        case content
        case depth
        case originServerTS = "origin_server_ts"
        case prevEvents = "prev_events"
        case authEvents = "auth_events"
        case redacts
        case hashes
        case signatures
        case unsigned
    }
}

extension EventFormatError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notAnObject: "An event is a JSON object."
        case .notCanonical(let error): "The event has no canonical form: \(error)"
        case .tooLarge: "The event is larger than \(PDU.maximumBytes) bytes."
        case .missing(let field): "The event has no '\(field.rawValue)'."
        case .malformed(let field): "The event's '\(field.rawValue)' is malformed."
        case .tooLong(let field): "The event's '\(field.rawValue)' is longer than \(PDU.maximumIdentifierBytes) bytes."
        case .tooMany(let field): "The event has too many '\(field.rawValue)'."
        }
    }
}
