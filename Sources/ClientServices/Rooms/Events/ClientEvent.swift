import Database
import MatrixAPI
import MatrixModel
import RoomGraph

/// An event in the form for clients, as bytes that all readers share; what differs between readers is put at its end
/// (client-server API, "Room event format").
struct ClientEvent: Sendable {
    /// The text up to the members of `unsigned`, which is the last member and still open.
    private let open: [UInt8]
    private let hasUnsignedMembers: Bool
    /// The room, for answers that name it in each event.
    let roomID: RoomID
    let originServerTS: Int
    /// The redaction that the form takes account of, by its number.
    let redaction: Int64?
    /// The state event whose content the form tells too, by its number.
    let replaced: Int64?
    /// How long the event is sticky after its time, in milliseconds (MSC4354).
    private let stickyMilliseconds: Int?

    /// What an event replaces or was made less by; told to clients under `unsigned`.
    enum Relation {
        case none
        /// The state event that held the slot before.
        case replaces(Event, number: Int64)
        /// The redaction that cut the content down.
        case redacted(by: ClientEvent)
    }

    /// What one reader is told besides.
    struct Reader {
        /// Milliseconds since the epoch, for `age`; no age where nil.
        var now: Int?
        /// The identifier under which the reader's own device sent the event.
        var transactionID: String?
        /// The identifier under which the reader had the event sent later (MSC4140).
        var delayID: String?
        /// The reader's membership at the event.
        var membership: Membership?
        /// Whether the event names its room; in `/sync` its place tells it.
        var namesRoom = true
        /// What the event's children come to, from `RoomReader.bundles`; nil where it has none.
        var bundle: Bundle?
    }

    init(_ event: Event, relation: Relation, redaction: Int64?) {
        var text: [UInt8] = []
        text.reserveCapacity(event.json.rawBytes.count + 64)
        text.append(contentsOf: "{\"content\":".utf8)
        ClientEvent.appendContent(of: event, to: &text)
        ClientEvent.append("event_id", event.id.description, to: &text)
        stickyMilliseconds = Stickiness.durationMilliseconds(of: event.json)
        if let stickyMilliseconds {
            text.append(contentsOf: ",\"\(Stickiness.key)\":{\"duration_ms\":\(stickyMilliseconds)}".utf8)
        }
        text.append(contentsOf: ",\"origin_server_ts\":".utf8)
        text.append(contentsOf: String(event.originServerTS).utf8)
        // "For improved compatibility with older clients, servers should add a redacts property to the top level of m.room.redaction events
        // in when serving such events over the Client-Server API" (room version 11).
        if event.type == "m.room.redaction", let redacts = event.redacts { ClientEvent.append("redacts", redacts.description, to: &text) }
        ClientEvent.append("sender", event.sender.description, to: &text)
        if let stateKey = event.stateKey { ClientEvent.append("state_key", stateKey, to: &text) }
        ClientEvent.append("type", event.type, to: &text)
        text.append(contentsOf: ",\"unsigned\":{".utf8)
        var replacedNumber: Int64?
        switch relation {
        case .none: hasUnsignedMembers = false
        case .replaces(let previous, let number):
            replacedNumber = number
            text.append(contentsOf: "\"prev_content\":".utf8)
            text.append(contentsOf: previous.content.rawBytes)
            ClientEvent.append("prev_sender", previous.sender.description, to: &text)
            ClientEvent.append("replaces_state", previous.id.description, to: &text)
            hasUnsignedMembers = true
        case .redacted(let redaction):
            text.append(contentsOf: "\"redacted_because\":".utf8)
            redaction.append(to: &text, for: Reader())
            hasUnsignedMembers = true
        }
        open = text
        roomID = event.roomID
        originServerTS = event.originServerTS
        self.redaction = redaction
        replaced = replacedNumber
    }

    /// Appends the whole event.
    func append(to text: inout [UInt8], for reader: Reader) {
        text.append(contentsOf: open)
        var isFirst = !hasUnsignedMembers
        func begin(_ name: StaticString) {
            if !isFirst { text.append(UInt8(ascii: ",")) }
            isFirst = false
            name.withUTF8Buffer { text.append(contentsOf: $0) }
        }
        if let now = reader.now {
            begin("\"age\":")
            text.append(contentsOf: String(now - originServerTS).utf8)
        }
        if let bundle = reader.bundle {
            begin("\"m.relations\":")
            bundle.append(to: &text, now: reader.now)
        }
        if let membership = reader.membership {
            begin("\"membership\":\"")
            text.append(contentsOf: membership.rawValue.utf8)
            text.append(UInt8(ascii: "\""))
        }
        // "To indicate how many milliseconds until the sticky event expires."
        if let now = reader.now, let stickyMilliseconds, case let left = min(now, originServerTS) + stickyMilliseconds - now, left > 0 {
            begin("\"msc4354_sticky_duration_ttl_ms\":")
            text.append(contentsOf: String(left).utf8)
        }
        if let delayID = reader.delayID {
            begin("\"org.matrix.msc4140.delay_id\":")
            JSONValue.string(delayID).appendBytes(to: &text)
        }
        if let transactionID = reader.transactionID {
            begin("\"transaction_id\":")
            JSONValue.string(transactionID).appendBytes(to: &text)
        }
        text.append(UInt8(ascii: "}"))
        if reader.namesRoom { ClientEvent.append("room_id", roomID.description, to: &text) }
        text.append(UInt8(ascii: "}"))
    }

    /// The whole event as a part of an answer.
    func fragment(for reader: Reader) -> JSONFragment {
        var text: [UInt8] = []
        text.reserveCapacity(open.count + 160)
        append(to: &text, for: reader)
        return .encoded(text)
    }

    private static func append(_ name: StaticString, _ value: String, to text: inout [UInt8]) {
        text.append(contentsOf: ",\"".utf8)
        name.withUTF8Buffer { text.append(contentsOf: $0) }
        text.append(contentsOf: "\":".utf8)
        JSONValue.string(value).appendBytes(to: &text)
    }

    /// "For improved compatibility with newer clients, servers should add a redacts property to the content of m.room.redaction events in older
    /// room versions when serving such events over the Client-Server API" (room version 11).
    private static func appendContent(of event: Event, to text: inout [UInt8]) {
        let content = event.content.rawBytes
        guard event.type == "m.room.redaction", let redacts = event.redacts, event.content.isObject, event.content["redacts"] == nil else {
            text.append(contentsOf: content)
            return
        }
        text.append(contentsOf: content.dropLast())
        if event.content.count > 0 { text.append(UInt8(ascii: ",")) }
        text.append(contentsOf: "\"redacts\":".utf8)
        JSONValue.string(redacts.description).appendBytes(to: &text)
        text.append(UInt8(ascii: "}"))
    }
}
