public import MatrixModel

/// An event as a server is about to send it: what `signed` makes a PDU of.
public struct EventDraft: Sendable {
    /// Nil for the create event of a room whose ID is that event's hash.
    public var roomID: RoomID?
    public var type: String
    /// Present on state events.
    public var stateKey: String?
    public var sender: UserID
    public var content: JSON
    /// Milliseconds since the epoch.
    public var originServerTS: Int
    public var depth: Int
    public var prevEvents: [EventID]
    public var authEvents: [EventID]
    /// What a redaction names; written where the room version has it.
    public var redacts: EventID?
    /// Data that no signature covers.
    public var unsigned: JSON?
    /// The identifier in room versions 1 and 2, unique on this server.
    public var eventID: EventID?
    /// Reference hashes of the previous and auth events, which room versions 1 and 2 carry.
    public var referenceHashes: [EventID: [UInt8]] = [:]
    /// How long the event is sticky, in milliseconds (MSC4354); a redaction takes it away.
    public var stickyMilliseconds: Int?

    public init(
        roomID: RoomID?, type: String, stateKey: String? = nil, sender: UserID, content: JSON, originServerTS: Int, depth: Int,
        prevEvents: [EventID], authEvents: [EventID], redacts: EventID? = nil, unsigned: JSON? = nil, eventID: EventID? = nil
    ) {
        self.roomID = roomID
        self.type = type
        self.stateKey = stateKey
        self.sender = sender
        self.content = content
        self.originServerTS = originServerTS
        self.depth = depth
        self.prevEvents = prevEvents
        self.authEvents = authEvents
        self.redacts = redacts
        self.unsigned = unsigned
        self.eventID = eventID
    }

    /// The same with the content as a tree.
    public init(
        roomID: RoomID?, type: String, stateKey: String? = nil, sender: UserID, content: JSONValue, originServerTS: Int, depth: Int,
        prevEvents: [EventID], authEvents: [EventID], redacts: EventID? = nil, unsigned: JSONValue? = nil, eventID: EventID? = nil
    ) {
        self.init(
            roomID: roomID, type: type, stateKey: stateKey, sender: sender, content: JSON(content), originServerTS: originServerTS,
            depth: depth, prevEvents: prevEvents, authEvents: authEvents, redacts: redacts, unsigned: unsigned.map { JSON($0) },
            eventID: eventID)
    }

    /// The event with content hash and signature (server-server API, "Adding hashes and signatures to outgoing events").
    ///
    /// `origin` is left out; the format no longer has it.
    public func signed(by server: ServerName, with key: SigningKey, rules: RoomVersionRules) throws(EventFormatError) -> Event {
        guard content.isObject else { throw .malformed(.content) }
        let content = try strict(content, rules)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(content.rawBytes.count + 1024)
        write(Parts(content: content), rules, to: &bytes)
        let hash = Digest.sha256(bytes)

        var redactedContent: [UInt8] = []
        Redaction.appendContent(content, type: JSON(.string(type)), rules: rules, to: &redactedContent)
        bytes.removeAll(keepingCapacity: true)
        write(Parts(content: content, redactedContent: redactedContent, hash: hash), rules, to: &bytes)
        let signature = key.sign(bytes)
        let referenceHash = Digest.sha256(bytes)

        bytes.removeAll(keepingCapacity: true)
        let signatures = JSONValue.object([server.description: .object([key.keyID: .string(Base64.encode(signature))])])
        write(Parts(content: content, hash: hash, signatures: signatures), rules, to: &bytes)
        guard bytes.count <= PDU.maximumBytes else { throw .tooLarge }
        guard let id = rules.eventIDFormat == .given ? eventID : ReferenceHash.eventID(ofHash: referenceHash, rules) else {
            throw .missing(.eventID)
        }
        let json: JSON
        do { json = try JSON.parse(bytes, limits: .event) } catch { throw .notCanonical(error) }
        return try PDU.read(json, id: id, rules: rules)
    }

    private func strict(_ content: JSON, _ rules: RoomVersionRules) throws(EventFormatError) -> JSON {
        guard rules.strictCanonicalJSON else { return content }
        do { return try content.canonicalized() } catch { throw .notCanonical(error) }
    }

    /// One rendering of the event: whole for the content hash, redacted for the signature, whole with both for the wire.
    private struct Parts {
        var content: JSON
        var redactedContent: [UInt8]?
        var hash: [UInt8]?
        var signatures: JSONValue?
    }

    private func write(_ parts: Parts, _ rules: RoomVersionRules, to bytes: inout [UInt8]) {
        var object = ObjectWriter(&bytes)
        object.key("auth_events", &bytes)
        writeReferences(authEvents, rules, to: &bytes)
        object.key("content", &bytes)
        if let redacted = parts.redactedContent { bytes.append(contentsOf: redacted) } else { parts.content.appendLenient(to: &bytes) }
        object.key("depth", &bytes)
        bytes.append(contentsOf: String(depth).utf8)
        if rules.eventIDFormat == .given, let eventID {
            object.key("event_id", &bytes)
            JSONValue.string(eventID.description).appendBytes(to: &bytes)
        }
        if let hash = parts.hash {
            object.key("hashes", &bytes)
            JSONValue.object(["sha256": .string(Base64.encode(hash))]).appendBytes(to: &bytes)
        }
        if let stickyMilliseconds, parts.redactedContent == nil {
            object.key(Stickiness.key, &bytes)
            JSONValue.object(["duration_ms": .integer(stickyMilliseconds)]).appendBytes(to: &bytes)
        }
        object.key("origin_server_ts", &bytes)
        bytes.append(contentsOf: String(originServerTS).utf8)
        object.key("prev_events", &bytes)
        writeReferences(prevEvents, rules, to: &bytes)
        if let redacts, !rules.redactsInContent, parts.redactedContent == nil {
            object.key("redacts", &bytes)
            JSONValue.string(redacts.description).appendBytes(to: &bytes)
        }
        if let roomID {
            object.key("room_id", &bytes)
            JSONValue.string(roomID.description).appendBytes(to: &bytes)
        }
        object.key("sender", &bytes)
        JSONValue.string(sender.description).appendBytes(to: &bytes)
        if let signatures = parts.signatures {
            object.key("signatures", &bytes)
            signatures.appendBytes(to: &bytes)
        }
        if let stateKey {
            object.key("state_key", &bytes)
            JSONValue.string(stateKey).appendBytes(to: &bytes)
        }
        object.key("type", &bytes)
        JSONValue.string(type).appendBytes(to: &bytes)
        if parts.signatures != nil, let unsigned {
            object.key("unsigned", &bytes)
            unsigned.appendLenient(to: &bytes)
        }
        object.end(&bytes)
    }

    private func writeReferences(_ ids: [EventID], _ rules: RoomVersionRules, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "["))
        for (position, id) in ids.enumerated() {
            if position > 0 { bytes.append(UInt8(ascii: ",")) }
            let text = JSONValue.string(id.description)
            if rules.referencesCarryHashes {
                let hash = referenceHashes[id].map { JSONValue.object(["sha256": .string(Base64.encode($0))]) }
                JSONValue.array([text, hash ?? .object([:])]).appendBytes(to: &bytes)
            } else {
                text.appendBytes(to: &bytes)
            }
        }
        bytes.append(UInt8(ascii: "]"))
    }
}
