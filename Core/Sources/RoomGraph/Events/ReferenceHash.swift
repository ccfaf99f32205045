public import MatrixModel

/// The hash over what redaction leaves of an event (server-server API, "Calculating the reference hash for an event").
public enum ReferenceHash {
    /// SHA-256 of the redacted event without its signatures and unsigned data.
    public static func compute(_ json: JSON, _ rules: RoomVersionRules) -> [UInt8] {
        Digest.sha256(Redaction.coveredBytes(of: json, rules: rules))
    }

    /// SHA-256 of the redacted event without its signatures and unsigned data.
    public static func compute(_ event: Event) -> [UInt8] { compute(event.json, event.rules) }

    /// The event's identifier; nil where the room version has it given and the event has none.
    public static func eventID(_ json: JSON, _ rules: RoomVersionRules) -> EventID? {
        switch rules.eventIDFormat {
        case .given: json["event_id"]?.string.flatMap { EventID($0) }
        case .hash, .urlSafeHash: eventID(ofHash: compute(json, rules), rules)
        }
    }

    static func eventID(ofHash hash: [UInt8], _ rules: RoomVersionRules) -> EventID? {
        switch rules.eventIDFormat {
        case .given: nil
        case .hash: EventID("$" + Base64.encode(hash))
        case .urlSafeHash: EventID("$" + Base64.encodeURLSafe(hash))
        }
    }
}
