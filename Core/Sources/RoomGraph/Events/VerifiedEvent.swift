public import MatrixModel

/// An event whose signatures and content hash were checked; nothing else from another server enters a room.
public struct VerifiedEvent: Sendable {
    /// The event; cut down by redaction where its content hash did not match.
    public let event: Event
    /// Whether the content hash did not match, so that the content was redacted.
    public let isCutDown: Bool

    private init(event: Event, isCutDown: Bool) {
        self.event = event
        self.isCutDown = isCutDown
    }

    /// The servers that must have signed, each with the keys that the event says it signed with; an empty list is a missing signature.
    public static func requiredKeys(of event: Event) -> [(server: ServerName, keyIDs: [String])] {
        EventSignatures.required(for: event).map { ($0, EventSignatures.keyIDs(in: event, of: $0)) }
    }

    /// Checks signatures and hash (server-server API, "Checks performed on receipt of a PDU", steps 2 and 3).
    ///
    /// `pending` is a server that has yet to sign: this one, where it is asked to let a restricted join in.
    public static func verify(
        _ event: Event, pending: ServerName? = nil, keys: (ServerName, String) -> VerifyKey?
    ) throws(VerificationFailure) -> VerifiedEvent {
        for (server, keyIDs) in requiredKeys(of: event) where server != pending || server == event.sender.server {
            guard !keyIDs.isEmpty else { throw .missingSignature(server) }
            var isValid = false
            var isKnown = false
            for keyID in keyIDs {
                guard let key = keys(server, keyID) else { continue }
                isKnown = true
                if EventSignatures.verify(event: event, server: server, keyID: keyID, key: key) {
                    isValid = true
                    break
                }
            }
            guard isKnown else { throw .unknownKey(server) }
            guard isValid else { throw .badSignature(server) }
        }
        // "Passes hash checks, otherwise it is redacted before being processed further."
        if ContentHash.matches(event) { return VerifiedEvent(event: event, isCutDown: false) }
        return VerifiedEvent(event: Redaction.redact(event), isCutDown: true)
    }

    /// An event that this server made and signed itself, or checked when it stored it.
    public static func trusted(_ event: Event) -> VerifiedEvent {
        VerifiedEvent(event: event, isCutDown: false)
    }
}

/// Why an event is dropped before it reaches a room.
public enum VerificationFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// A server that must sign did not.
    case missingSignature(ServerName)
    /// No key of the server with the identifier named could be had.
    case unknownKey(ServerName)
    /// A signature is not the server's.
    case badSignature(ServerName)

    public var description: String {
        switch self {
        case .missingSignature(let server): "The event carries no signature of \(server)."
        case .unknownKey(let server): "No key of \(server) is known for the event's signature."
        case .badSignature(let server): "The event's signature by \(server) is wrong."
        }
    }
}
