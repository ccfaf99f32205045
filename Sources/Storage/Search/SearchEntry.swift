public import MatrixModel

/// What kind of text of a room is found.
public enum SearchKind: Int64, Sendable, CaseIterable {
    /// `content.body` of `m.room.message`.
    case body = 1
    /// `content.name` of `m.room.name`.
    case name = 2
    /// `content.topic` of `m.room.topic`.
    case topic = 3

    /// The event type that carries it.
    public var eventType: String {
        switch self {
        case .body: "m.room.message"
        case .name: "m.room.name"
        case .topic: "m.room.topic"
        }
    }
}

/// An event's text on its way into the index.
public struct NewSearchEntry: Sendable {
    /// The event's number and identifier.
    public let event: Int64
    public let id: EventID
    /// The room's number.
    public let room: Int64
    public let sender: UserID
    /// Milliseconds since the epoch.
    public let timestamp: Int
    public let kind: SearchKind
    public let hasURL: Bool
    /// As people wrote it.
    public let text: String

    /// Nil where the event has no text that can be found.
    public init?(_ stored: StoredEvent) {
        guard stored.flags.isShown, !stored.flags.contains(.redacted), let (kind, text) = NewSearchEntry.text(of: stored.event) else { return nil }
        event = stored.number
        id = stored.event.id
        room = stored.room
        sender = stored.event.sender
        timestamp = stored.event.originServerTS
        self.kind = kind
        hasURL = stored.event.content["url"]?.string != nil
        self.text = text
    }

    init(_ other: NewSearchEntry, text: String) {
        event = other.event
        id = other.id
        room = other.room
        sender = other.sender
        timestamp = other.timestamp
        kind = other.kind
        hasURL = other.hasURL
        self.text = text
    }

    private static func text(of event: Event) -> (SearchKind, String)? {
        switch event.type {
        case "m.room.message" where event.stateKey == nil:
            return event.content["body"]?.string.map { (.body, $0) }
        case "m.room.name" where event.stateKey == "":
            return event.content["name"]?.string.map { (.name, $0) }
        case "m.room.topic" where event.stateKey == "":
            // "In m.room.topic, content.topic as well as the body of the text/plain representation in content['m.topic']."
            var texts: [String] = []
            if let topic = event.content["topic"]?.string { texts.append(topic) }
            for text in event.content["m.topic"]?["m.text"]?.elements.prefix(8).map({ $0 }) ?? [] {
                guard text["mimetype"]?.string ?? "text/plain" == "text/plain", let body = text["body"]?.string, !texts.contains(body) else {
                    continue
                }
                texts.append(body)
            }
            return texts.isEmpty ? nil : (.topic, texts.joined(separator: "\n"))
        default: return nil
        }
    }
}

extension Event {
    /// The event that this one replaces, if it says so.
    public var replaces: EventID? {
        guard type == "m.room.message", stateKey == nil, let relation = content["m.relates_to"], relation["rel_type"]?.equals("m.replace") == true
        else { return nil }
        return relation["event_id"]?.string.flatMap { EventID($0) }
    }
}
