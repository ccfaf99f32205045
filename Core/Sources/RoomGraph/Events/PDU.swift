public import MatrixModel

/// Reads events in the federation's format (room versions, "Event format").
public enum PDU {
    /// Longest PDU, in bytes of canonical JSON (client-server API, "Size limits").
    public static let maximumBytes = 65_536
    /// Longest identifier, type and state key, in bytes.
    public static let maximumIdentifierBytes = 255
    /// Most `prev_events`.
    public static let maximumPrevEvents = 20
    /// Most `auth_events`.
    public static let maximumAuthEvents = 10

    /// Checks format and sizes and computes the identifier; the event's JSON is a document of its own in canonical form.
    ///
    /// Signatures and the content hash are not checked here.
    public static func parse(_ json: JSON, rules: RoomVersionRules) throws(EventFormatError) -> Event {
        guard json.isObject else { throw .notAnObject }
        let document = try canonicalize(json, rules)
        try checkUncheckedParts(document)
        let id = try identifier(of: document, rules)
        return try read(document, id: id, rules: rules)
    }

    /// Reads an event from the canonical bytes that `parse` or `signed` once gave, under the identifier it then had.
    public static func restore(_ json: JSON, id: EventID, rules: RoomVersionRules) throws(EventFormatError) -> Event {
        try read(json, id: id, rules: rules)
    }

    /// The room that a PDU claims to be of, before its version is known; nil for create events of rooms whose ID is a hash.
    public static func roomID(of json: JSON) -> RoomID? { json["room_id"]?.string.flatMap { RoomID($0) } }

    private static func canonicalize(_ json: JSON, _ rules: RoomVersionRules) throws(EventFormatError) -> JSON {
        let bytes: [UInt8]
        do throws(JSONError) {
            bytes = rules.strictCanonicalJSON ? try json.canonicalBytes() : json.lenientBytes()
        } catch {
            throw .notCanonical(error)
        }
        guard bytes.count <= maximumBytes else { throw .tooLarge }
        do throws(JSONError) {
            return try JSON.parse(bytes, limits: .event)
        } catch {
            throw .notCanonical(error)
        }
    }

    private static func identifier(of json: JSON, _ rules: RoomVersionRules) throws(EventFormatError) -> EventID {
        if let id = ReferenceHash.eventID(json, rules) {
            // "Event IDs in this room version have the format: $opaque_id:domain"
            if rules.eventIDFormat == .given, id.server == nil { throw .malformed(.eventID) }
            return id
        }
        guard let text = json["event_id"] else { throw .missing(.eventID) }
        throw (text.string?.utf8.count ?? 0) > maximumIdentifierBytes ? .tooLong(.eventID) : .malformed(.eventID)
    }

    /// Members that an `Event` does not carry as fields.
    private static func checkUncheckedParts(_ json: JSON) throws(EventFormatError) {
        guard let hashes = json["hashes"] else { throw .missing(.hashes) }
        guard hashes["sha256"]?.kind == .string else { throw .malformed(.hashes) }
        guard let signatures = json["signatures"] else { throw .missing(.signatures) }
        guard signatures.isObject else { throw .malformed(.signatures) }
        for (_, signer) in signatures.members {
            guard signer.isObject else { throw .malformed(.signatures) }
            for (_, signature) in signer.members where signature.kind != .string { throw .malformed(.signatures) }
        }
        if let unsigned = json["unsigned"], !unsigned.isObject { throw .malformed(.unsigned) }
    }

    static func read(_ json: JSON, id: EventID, rules: RoomVersionRules) throws(EventFormatError) -> Event {
        let type = try text(json, .type)
        let senderText = try text(json, .sender)
        guard let sender = UserID(senderText) else { throw .malformed(.sender) }
        let stateKey: String? = json["state_key"] == nil ? nil : try text(json, .stateKey)
        guard let content = json["content"] else { throw .missing(.content) }
        guard content.isObject else { throw .malformed(.content) }
        let depth = try number(json, .depth, rules)
        guard depth >= 0 else { throw .malformed(.depth) }
        let isHashedCreate = rules.roomIDIsCreateHash && type == "m.room.create" && stateKey == ""
        return Event(
            id: id, roomID: isHashedCreate ? try roomID(ofCreate: id) : try roomID(json), type: type, stateKey: stateKey, sender: sender,
            originServerTS: try number(json, .originServerTS, rules), depth: depth,
            prevEvents: try references(json, .prevEvents, maximum: maximumPrevEvents, rules),
            authEvents: try references(json, .authEvents, maximum: maximumAuthEvents, rules),
            redacts: try redacts(type: type, json: json, content: content, rules), json: json, content: content, rules: rules)
    }

    private static func text(_ json: JSON, _ field: EventFormatError.Field) throws(EventFormatError) -> String {
        guard let value = json[field.rawValue] else { throw .missing(field) }
        guard let text = value.string else { throw .malformed(field) }
        guard text.utf8.count <= maximumIdentifierBytes else { throw .tooLong(field) }
        return text
    }

    private static func number(_ json: JSON, _ field: EventFormatError.Field, _ rules: RoomVersionRules) throws(EventFormatError) -> Int {
        guard let value = json[field.rawValue] else { throw .missing(field) }
        guard let number = rules.strictCanonicalJSON ? value.integer : value.wideInteger else { throw .malformed(field) }
        return number
    }

    private static func roomID(_ json: JSON) throws(EventFormatError) -> RoomID {
        guard let room = RoomID(try text(json, .roomID)) else { throw .malformed(.roomID) }
        return room
    }

    /// "Room IDs are simply the event ID of the m.room.create event using ! as the sigil."
    static func roomID(ofCreate id: EventID) throws(EventFormatError) -> RoomID {
        guard let room = RoomID("!" + id.description.dropFirst()) else { throw .malformed(.roomID) }
        return room
    }

    private static func redacts(type: String, json: JSON, content: JSON, _ rules: RoomVersionRules) throws(EventFormatError) -> EventID? {
        guard type == "m.room.redaction" else { return nil }
        let value = rules.redactsInContent ? content["redacts"] : json["redacts"]
        return value?.string.flatMap { EventID($0) }
    }

    private static func references(
        _ json: JSON, _ field: EventFormatError.Field, maximum: Int, _ rules: RoomVersionRules
    ) throws(EventFormatError) -> [EventID] {
        guard let list = json[field.rawValue] else { throw .missing(field) }
        guard list.isArray else { throw .malformed(field) }
        guard list.count <= maximum else { throw .tooMany(field) }
        var ids: [EventID] = []
        ids.reserveCapacity(list.count)
        for element in list.elements {
            if rules.referencesCarryHashes { guard element.count == 2, element[1]?.isObject == true else { throw .malformed(field) } }
            guard let text = (rules.referencesCarryHashes ? element[0] : element)?.string, let id = EventID(text) else { throw .malformed(field) }
            ids.append(id)
        }
        return ids
    }
}
