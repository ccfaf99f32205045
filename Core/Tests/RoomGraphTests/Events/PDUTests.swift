import MatrixModel
import RoomGraph
import Testing

@Suite struct PDUTests {
    /// A well-formed message event; members are replaced or removed.
    private func pdu(_ changes: [String: JSONValue] = [:], without removed: String? = nil, pairs: Bool = false) -> JSON {
        let reference: JSONValue = pairs ? ["$p:a", ["sha256": "h"]] : "$p"
        var value: JSONValue = [
            "type": "m.room.message", "sender": "@u:a", "room_id": "!r:a", "content": ["body": "b"], "depth": 2, "origin_server_ts": 3,
            "prev_events": [reference], "auth_events": [reference], "hashes": ["sha256": "h"], "signatures": ["a": ["ed25519:k": "s"]],
        ]
        if pairs { value["event_id"] = "$e:a" }
        for (key, change) in changes { value[key] = change }
        if let removed {
            var members = value.object ?? [:]
            members.removeValue(forKey: removed)
            value = .object(members)
        }
        return JSON(value)
    }

    private func failure(_ json: JSON, _ version: RoomVersion = .v11) -> EventFormatError? {
        do throws(EventFormatError) {
            _ = try PDU.parse(json, rules: version.rules)
            return nil
        } catch {
            return error
        }
    }

    @Test func `a well-formed event is read in every room version`() throws {
        for version in RoomVersion.allCases {
            let event = try PDU.parse(pdu(pairs: version.rules.referencesCarryHashes), rules: version.rules)
            #expect(event.type == "m.room.message")
            #expect(event.stateKey == nil)
            #expect(event.depth == 2)
            #expect(event.originServerTS == 3)
            #expect(event.prevEvents == event.authEvents)
            #expect(event.prevEvents.count == 1)
            #expect(event.content["body"]?.string == "b")
            #expect(event.json.rawBytes.elementsEqual(try event.json.canonicalBytes()))
        }
    }

    @Test(
        arguments: [
            ("sender", .sender), ("room_id", .roomID), ("type", .type), ("content", .content), ("depth", .depth),
            ("origin_server_ts", .originServerTS), ("prev_events", .prevEvents), ("auth_events", .authEvents), ("hashes", .hashes),
            ("signatures", .signatures),
        ] as [(String, EventFormatError.Field)])
    func `members that the format requires must be there and of their kind`(name: String, field: EventFormatError.Field) {
        #expect(failure(pdu(without: name)) == .missing(field))
        #expect(failure(pdu([name: .bool(true)])) == .malformed(field))
    }

    @Test func `identifiers, type and state key are bounded and well-formed`() {
        let long = String(repeating: "x", count: 256)
        #expect(failure(pdu(["type": .string(long)])) == .tooLong(.type))
        #expect(failure(pdu(["type": .string(String(long.dropLast()))])) == nil)
        #expect(failure(pdu(["state_key": .string(long)])) == .tooLong(.stateKey))
        #expect(failure(pdu(["sender": .string("@\(long):a")])) == .tooLong(.sender))
        #expect(failure(pdu(["room_id": .string("!\(long)")])) == .tooLong(.roomID))
        #expect(failure(pdu(["sender": "u:a"])) == .malformed(.sender))
        #expect(failure(pdu(["room_id": "r:a"])) == .malformed(.roomID))
        #expect(failure(pdu(["state_key": 5])) == .malformed(.stateKey))
        #expect(failure(pdu(["event_id": .string("$\(long):a")], pairs: true), .v1) == .tooLong(.eventID))
        #expect(failure(pdu(["event_id": "$e"], pairs: true), .v1) == .malformed(.eventID))
        #expect(failure(pdu(without: "event_id", pairs: true), .v1) == .missing(.eventID))
    }

    @Test func `an identifier of two-byte characters is measured in bytes`() {
        #expect(failure(pdu(["state_key": .string(String(repeating: "é", count: 128))])) == .tooLong(.stateKey))
        #expect(failure(pdu(["state_key": .string(String(repeating: "é", count: 127))])) == nil)
    }

    @Test func `references are bounded and of the room version's shape`() {
        func ids(_ count: Int) -> JSONValue { .array((0..<count).map { .string("$\($0)") }) }
        #expect(failure(pdu(["prev_events": ids(20)])) == nil)
        #expect(failure(pdu(["prev_events": ids(21)])) == .tooMany(.prevEvents))
        #expect(failure(pdu(["auth_events": ids(10)])) == nil)
        #expect(failure(pdu(["auth_events": ids(11)])) == .tooMany(.authEvents))
        #expect(failure(pdu(["prev_events": ["p"]])) == .malformed(.prevEvents))
        #expect(failure(pdu(["prev_events": [["$p", [:]]]])) == .malformed(.prevEvents))
        #expect(failure(pdu(["prev_events": ["$p:a"]], pairs: true), .v1) == .malformed(.prevEvents))
        #expect(failure(pdu(["prev_events": [["$p:a"]]], pairs: true), .v1) == .malformed(.prevEvents))
        #expect(failure(pdu(["prev_events": [["$p:a", [:]]]], pairs: true), .v2) == nil)
    }

    @Test func `an event of 65,536 bytes is taken, one of a byte more is not`() throws {
        let empty = try pdu(["content": ["body": ""]]).canonicalBytes().count
        func padded(_ total: Int) -> JSON { pdu(["content": ["body": .string(String(repeating: "x", count: total - empty))]]) }
        #expect(failure(padded(65_536)) == nil)
        #expect(failure(padded(65_537)) == .tooLarge)
        #expect(failure(padded(65_537), .v5) == .tooLarge)
    }

    @Test func `numbers without a canonical form are taken before room version 6 only`() throws {
        let float = pdu(["content": ["x": .float("1.5")]])
        #expect(failure(float, .v6) == .notCanonical(.float))
        #expect(failure(float, .v5) == nil)
        let wide = pdu(["depth": .integer(1 << 60)])
        #expect(failure(wide, .v6) == .notCanonical(.integerRange))
        #expect(try PDU.parse(wide, rules: .v5).depth == 1 << 60)
        #expect(failure(pdu(["depth": .float("1.0")]), .v5) == .malformed(.depth))
        #expect(failure(pdu(["depth": -1])) == .malformed(.depth))
        #expect(failure(pdu(["origin_server_ts": "1"])) == .malformed(.originServerTS))
    }

    @Test func `hashes, signatures and unsigned data have their shapes`() {
        #expect(failure(JSON([])) == .notAnObject)
        #expect(failure(pdu(["hashes": [:]])) == .malformed(.hashes))
        #expect(failure(pdu(["signatures": ["a": "s"]])) == .malformed(.signatures))
        #expect(failure(pdu(["signatures": ["a": ["ed25519:k": 1]]])) == .malformed(.signatures))
        #expect(failure(pdu(["unsigned": 1])) == .malformed(.unsigned))
        #expect(failure(pdu(["unsigned": [:]])) == nil)
    }

    @Test func `a redaction's target is found where the room version has it`() throws {
        let top = pdu(["type": "m.room.redaction", "redacts": "$t"])
        let inside = pdu(["type": "m.room.redaction", "content": ["redacts": "$t"]])
        #expect(try PDU.parse(top, rules: .v10).redacts?.description == "$t")
        #expect(try PDU.parse(top, rules: .v11).redacts == nil)
        #expect(try PDU.parse(inside, rules: .v10).redacts == nil)
        #expect(try PDU.parse(inside, rules: .v11).redacts?.description == "$t")
        #expect(try PDU.parse(pdu(["redacts": "$t"]), rules: .v10).redacts == nil)
    }

    @Test func `a stored event is read back as it was`() throws {
        for version in RoomVersion.allCases {
            let event = try PDU.parse(pdu(["state_key": "k"], pairs: version.rules.referencesCarryHashes), rules: version.rules)
            let stored = try JSON.parse(Array(event.json.rawBytes))
            let restored = try PDU.restore(stored, id: event.id, rules: version.rules)
            #expect(restored.id == event.id)
            #expect(restored.roomID == event.roomID)
            #expect(restored.stateKey == "k")
            #expect(restored.authEvents == event.authEvents)
            #expect(restored.json == event.json)
        }
    }
}
