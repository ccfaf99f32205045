import MatrixModel

/// The way to a member of an event, such as `content.m\.relates_to.rel_type` (appendices, "Dot-separated property paths").
struct PropertyPath: Hashable, Sendable {
    let names: [String]
    private let root: Root

    /// Members at the top of an event in its form for clients.
    private enum Root: Hashable, Sendable {
        case content, type, sender, stateKey, roomID, eventID, timestamp, redacts, unknown
    }

    init(_ text: String) {
        names = PropertyPath.split(text)
        if names.first == "content" {
            root = .content
            return
        }
        guard names.count == 1 else {
            root = .unknown
            return
        }
        switch names[0] {
        case "type": root = .type
        case "sender": root = .sender
        case "state_key": root = .stateKey
        case "room_id": root = .roomID
        case "event_id": root = .eventID
        case "origin_server_ts": root = .timestamp
        case "redacts": root = .redacts
        default: root = .unknown
        }
    }

    /// Whether this is the text of a message.
    var isBody: Bool { root == .content && names.count == 2 && names[1] == "body" }
    /// Whether this is the list of the users that a message mentions.
    var isMentions: Bool { root == .content && names.count == 3 && names[1] == "m.mentions" && names[2] == "user_ids" }

    /// The text at the path; nil where there is none, or something else.
    func text(in event: Event) -> String? {
        switch root {
        case .type: event.type
        case .sender: event.sender.description
        case .stateKey: event.stateKey
        case .roomID: event.roomID.description
        case .eventID: event.id.description
        case .redacts: event.redacts?.description
        case .content: json(in: event)?.string
        case .timestamp, .unknown: nil
        }
    }

    /// The value at the path, for members that are no texts of the event's own.
    func json(in event: Event) -> JSON? {
        switch root {
        case .content:
            var value: JSON? = event.content
            for name in names.dropFirst() { value = value?[name] }
            return value
        case .timestamp: return event.json["origin_server_ts"]
        case .type, .sender, .stateKey, .roomID, .eventID, .redacts, .unknown: return nil
        }
    }

    /// Dots separate names; a backslash takes the next dot or backslash for itself.
    static func split(_ path: String) -> [String] {
        var names = [""]
        var isEscaped = false
        for character in path.unicodeScalars {
            if isEscaped {
                if character != ".", character != "\\" { names[names.count - 1].append("\\") }
                names[names.count - 1].unicodeScalars.append(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == "." {
                names.append("")
            } else {
                names[names.count - 1].unicodeScalars.append(character)
            }
        }
        if isEscaped { names[names.count - 1].append("\\") }
        return names
    }
}
