import MatrixModel
import RoomGraph
import Testing

@Suite struct EventDraftTests {
    private let server = ServerName("a.test")!
    private let key = SigningKey(seed: Array(1...32), id: "ed25519:k")

    private func draft(_ version: RoomVersion, type: String = "m.room.topic", content: JSONValue = ["topic": "t", "x": ["b": 1, "a": "é\n"]])
        -> EventDraft
    {
        var draft = EventDraft(
            roomID: RoomID("!r:a.test"), type: type, stateKey: "", sender: UserID("@u:a.test")!, content: content, originServerTS: 1_700_000,
            depth: 7, prevEvents: [EventID("$p:a.test")!], authEvents: [EventID("$q:a.test")!, EventID("$r:a.test")!],
            unsigned: ["age": 1], eventID: version.rules.eventIDFormat == .given ? EventID("$e:a.test") : nil)
        draft.referenceHashes = [EventID("$p:a.test")!: [1, 2, 3]]
        return draft
    }

    @Test(arguments: RoomVersion.allCases)
    func `a signed event reads back, with hash, identifier and signature in order`(version: RoomVersion) throws {
        let event = try draft(version).signed(by: server, with: key, rules: version.rules)
        let received = try PDU.parse(try JSON.parse(Array(event.json.rawBytes)), rules: version.rules)
        #expect(received.id == event.id)
        #expect(ContentHash.matches(received))
        #expect(EventSignatures.required(for: received) == [server])
        let verifier = try #require(VerifyKey(publicKey: key.publicKey))
        #expect(EventSignatures.verify(event: received, server: server, keyID: "ed25519:k", key: verifier))
        #expect(EventSignatures.verify(event: Redaction.redact(received), server: server, keyID: "ed25519:k", key: verifier))
        #expect(event.json.rawBytes.elementsEqual(event.json.lenientBytes()))
        #expect(event.json["origin"] == nil)
        #expect(event.json["unsigned"]?["age"]?.integer == 1)
        #expect(received.prevEvents.map(\.description) == ["$p:a.test"])
        #expect(received.authEvents.count == 2)
    }

    @Test(arguments: RoomVersion.allCases)
    func `a changed topic breaks the content hash, a changed sender the signature`(version: RoomVersion) throws {
        let event = try draft(version).signed(by: server, with: key, rules: version.rules)
        let verifier = try #require(VerifyKey(publicKey: key.publicKey))
        var value = event.json.value
        value["content"] = ["topic": "other"]
        let changed = try PDU.parse(JSON(value), rules: version.rules)
        #expect(!ContentHash.matches(changed))
        #expect(EventSignatures.verify(event: changed, server: server, keyID: "ed25519:k", key: verifier))
        value["sender"] = "@v:a.test"
        let forged = try PDU.parse(JSON(value), rules: version.rules)
        #expect(!EventSignatures.verify(event: forged, server: server, keyID: "ed25519:k", key: verifier))
    }

    @Test func `the create event of version 12 has no room identifier and gives it`() throws {
        let draft = EventDraft(
            roomID: nil, type: "m.room.create", stateKey: "", sender: UserID("@u:a.test")!, content: ["room_version": "12"],
            originServerTS: 1, depth: 1, prevEvents: [], authEvents: [])
        let event = try draft.signed(by: server, with: key, rules: .v12)
        #expect(event.json["room_id"] == nil)
        #expect(event.roomID.description == "!" + event.id.description.dropFirst())
        #expect(throws: EventFormatError.missing(.roomID)) { try draft.signed(by: server, with: key, rules: .v11) }
    }

    @Test func `redacts is written where the room version has it`() throws {
        var draft = EventDraft(
            roomID: RoomID("!r:a.test"), type: "m.room.redaction", sender: UserID("@u:a.test")!, content: ["redacts": "$t"],
            originServerTS: 1, depth: 1, prevEvents: [], authEvents: [], redacts: EventID("$t"))
        #expect(try draft.signed(by: server, with: key, rules: .v11).json["redacts"] == nil)
        #expect(try draft.signed(by: server, with: key, rules: .v11).redacts == EventID("$t"))
        draft.content = JSON([:])
        let event = try draft.signed(by: server, with: key, rules: .v10)
        #expect(event.json["redacts"]?.string == "$t")
        #expect(ContentHash.matches(event))
    }

    @Test func `what breaks the format is not signed`() throws {
        #expect(throws: EventFormatError.notCanonical(.float)) {
            try draft(.v11, content: ["x": .float("1.5")]).signed(by: server, with: key, rules: .v11)
        }
        #expect(throws: Never.self) { try draft(.v5, content: ["x": .float("1.5")]).signed(by: server, with: key, rules: .v5) }
        #expect(throws: EventFormatError.tooLarge) {
            try draft(.v11, content: ["x": .string(String(repeating: "x", count: 65_536))]).signed(by: server, with: key, rules: .v11)
        }
        #expect(throws: EventFormatError.malformed(.content)) { try draft(.v11, content: []).signed(by: server, with: key, rules: .v11) }
        var nameless = draft(.v1)
        nameless.eventID = nil
        #expect(throws: EventFormatError.missing(.eventID)) { try nameless.signed(by: server, with: key, rules: .v1) }
    }
}
