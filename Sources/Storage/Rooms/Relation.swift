public import MatrixModel

/// How an event refers to another one of its room (client-server API, "Forming relationships between events").
public struct Relation: Hashable, Sendable {
    public let parent: EventID
    /// `rel_type`.
    public let type: String
    /// What an annotation says.
    public let key: String?

    /// The relation of an event; nil where it has none, or one that breaks the rules that the event alone can break: "Relationships which don't
    /// match the schema, or which break the rules of a relationship, are simply ignored".
    public init?(of event: Event) {
        self.init(content: event.content, of: event.type, stateKey: event.stateKey)
        guard parent != event.id else { return nil }
    }

    /// The relation that an event of that content will have.
    public init?(content: JSON, of eventType: String, stateKey: String?) {
        guard let relation = content["m.relates_to"], let type = relation["rel_type"]?.string, !type.isEmpty,
            let parent = relation["event_id"]?.string.flatMap({ EventID($0) })
        else { return nil }
        // "The replacement and original events must not have a state_key property"; "must have an m.new_content property", which in an
        // encrypted event nobody here can see.
        if type == Relation.replacement {
            guard stateKey == nil, eventType == "m.room.encrypted" || content["m.new_content"]?.isObject == true else { return nil }
        }
        self.parent = parent
        self.type = type
        key = relation["key"]?.string
    }

    public static let replacement = "m.replace"
    public static let thread = "m.thread"
    public static let reference = "m.reference"
    public static let annotation = "m.annotation"

    /// Whether children of that kind are told with their parent.
    static func isCounted(_ type: String) -> Bool { type == replacement || type == thread || type == reference }
}
