import MatrixModel
import RoomGraph
import Testing

/// Content hashes, reference hashes and identifiers of real events.
@Suite struct HashTests {
    /// The events of a recorded room, without the identifier that the recorder added.
    private func events(_ path: String) throws -> [(id: String, json: JSON)] {
        try TestData.lines(path).map { line in
            var value = line.value
            value["event_id"] = nil
            return (try #require(line["event_id"]?.string), JSON(value))
        }
    }

    @Test(arguments: ["simple-room.ndjson", "simple.json"])
    func `a real room's identifiers and hashes are computed`(file: String) throws {
        let events = try events("matrix-events/tardis/\(file)")
        #expect(events.count == 8)
        for (id, json) in events {
            let event = try PDU.parse(json, rules: .v10)
            #expect(event.id.description == id)
            #expect(ContentHash.matches(event))
        }
    }

    @Test func `the edited event of the forked room matches neither identifier nor hash`() throws {
        let events = try events("matrix-events/tardis/basic-fork.json")
        let parsed = try events.map { (id: $0.id, event: try PDU.parse($0.json, rules: .v10)) }
        let edited = try #require(parsed.last)
        #expect(parsed.count >= 8)
        for (id, event) in parsed.dropLast() {
            #expect(event.id.description == id)
            #expect(ContentHash.matches(event))
        }
        #expect(edited.event.id.description != edited.id)
        #expect(!ContentHash.matches(edited.event))
    }

    @Test func `the identifiers of gomatrixserverlib's events are computed`() throws {
        let first = try #require(try Literals.all(file: "eventversion_test.go", function: "TestEventIDForRoomVersionV1").first)
        let third = try #require(try Literals.all(file: "eventversion_test.go", function: "TestEventIDForRoomVersionV3").first)
        let fourth = try #require(try Literals.all(file: "eventversion_test.go", function: "TestEventIDForRoomVersionV4").first)
        #expect(ReferenceHash.eventID(try JSON.parse(first.text), .v1)?.description == "$yvN1b43rlmcOs5fY:localhost")
        let hash = try #require(ReferenceHash.eventID(try JSON.parse(third.text), .v3)?.description)
        let urlSafe = try #require(ReferenceHash.eventID(try JSON.parse(fourth.text), .v4)?.description)
        #expect(hash.utf8.count == 44)
        #expect(String(hash.map { $0 == "/" ? "_" : $0 == "+" ? "-" : $0 }) == urlSafe)
        #expect(ContentHash.matches(try JSON.parse(third.text)))
    }

    @Test func `reference hashes are those that the citing events carry`() throws {
        // Events of room version 1 name their auth events with reference hashes: each is checked against the event itself.
        let literals = try Literals.all(file: "authchain_test.go", function: "TestVerifyEventAuthChain")
        var events: [JSON] = []
        for literal in literals { events.append(try JSON.parse(literal.text)) }
        var checked = 0
        for event in events {
            for pair in try #require(event["auth_events"]).elements {
                guard let cited = events.first(where: { $0["event_id"] == pair[0] }) else { continue }
                #expect(pair[1]?["sha256"]?.string == Base64.encode(ReferenceHash.compute(cited, .v1)))
                checked += 1
            }
        }
        #expect(checked == 5)
    }

    @Test func `a room's identifier is that of its create event in version 12`() throws {
        let room = try #require(try TestData.lines("matrix-events/oracle/dev/rooms_v12.jsonl.gz").first)
        let pdu = try #require(room["events"]?[0]?["pdu"])
        let event = try PDU.parse(pdu, rules: .v12)
        #expect(event.roomID.description == room["room_id"]?.string)
        #expect(event.roomID.description.dropFirst() == event.id.description.dropFirst())
    }
}
