import Federation
import MatrixAPI
import MatrixModel
import RoomGraph
import RoomServer
import Testing

@Suite(.timeLimit(.minutes(2))) struct FederationReceiverTests {
    let network = MemoryNetwork()
    let clock = VirtualClock()

    /// A room of alpha's that bob of beta is in.
    private struct World {
        let alpha: TestServer
        let beta: TestServer
        let room: RoomID
    }

    private func world() async throws -> World {
        let alpha = try await TestServer("alpha.test", on: network, clock: clock, seed: 1)
        let beta = try await TestServer("beta.test", on: network, clock: clock, seed: 2)
        let room = try await alpha.makeRoom(by: "ann")
        try await beta.join(room, as: "bob", via: alpha.name)
        return World(alpha: alpha, beta: beta, room: room)
    }

    /// An event of bob's as beta would make it, at the end of the room.
    private func draft(_ world: World, _ text: String = "hi") async throws -> EventDraft {
        let snapshot = try #require(try await world.alpha.rooms.snapshot(of: world.room))
        let auth = try await world.alpha.rooms.stateEvents([.create, .powerLevels, .member(world.beta.user("bob"))], in: world.room)
        return EventDraft(
            roomID: world.room, type: "m.room.message", sender: world.beta.user("bob"), content: ["body": .string(text), "msgtype": "m.text"],
            originServerTS: clock.now, depth: (snapshot.extremities.map(\.depth).max() ?? 0) + 1, prevEvents: snapshot.extremities.map(\.id),
            authEvents: auth.values.map(\.id).sorted())
    }

    private func signed(_ world: World, _ draft: EventDraft) throws -> Event {
        try draft.signed(by: world.beta.name, with: world.beta.key, rules: RoomVersion.v11.rules)
    }

    @discardableResult
    private func send(_ world: World, _ pdus: [JSONValue], edus: [JSONValue] = [], id: String = "1", origin: String? = nil) async throws -> JSON {
        try await world.beta.put(
            "/_matrix/federation/v1/send/\(id)",
            [
                "origin": .string(origin ?? world.beta.name.description), "origin_server_ts": 1, "pdus": .array(pdus), "edus": .array(edus),
            ], to: world.alpha.name)
    }

    @Test func `a good event is taken in`() async throws {
        let world = try await world()
        let event = try signed(world, try await draft(world))
        let answer = try await send(world, [event.json.value])
        #expect(answer["pdus"]?[event.id.description]?.value == [:])
        #expect(try await world.alpha.messages(in: world.room) == ["hi"])
    }

    @Test func `the same transaction is handled once`() async throws {
        let world = try await world()
        let event = try signed(world, try await draft(world))
        let first = try await send(world, [event.json.value], id: "same")
        let other = try signed(world, try await draft(world, "another"))
        let second = try await send(world, [other.json.value], id: "same")
        #expect(first == second)
        #expect(try await world.alpha.messages(in: world.room) == ["hi"])
    }

    @Test func `an event whose content was changed is cut down`() async throws {
        let world = try await world()
        let event = try signed(world, try await draft(world))
        var json = event.json.value
        json["content"]?["body"] = "changed"
        let answer = try await send(world, [json])
        #expect(answer["pdus"]?[event.id.description]?.value == [:])
        let last = try await world.alpha.timeline(of: world.room).last
        #expect(last?.id == event.id)
        #expect(last?.content.value == [:])
    }

    @Test func `an event with a wrong signature is dropped`() async throws {
        let world = try await world()
        let stranger = SigningKey(seed: [UInt8](repeating: 9, count: 32), id: world.beta.key.keyID)
        let event = try (try await draft(world)).signed(by: world.beta.name, with: stranger, rules: RoomVersion.v11.rules)
        let answer = try await send(world, [event.json.value])
        #expect(answer["pdus"]?[event.id.description]?["error"]?.string?.isEmpty == false)
        #expect(try await world.alpha.messages(in: world.room) == [])
    }

    @Test func `an event in the name of another server's user is dropped`() async throws {
        let world = try await world()
        var draft = try await draft(world)
        draft.sender = world.alpha.user("ann")
        let event = try signed(world, draft)
        let answer = try await send(world, [event.json.value])
        #expect(answer["pdus"]?[event.id.description]?["error"] != nil)
        #expect(try await world.alpha.messages(in: world.room) == [])
    }

    @Test func `a transaction in another server's name is refused`() async throws {
        let world = try await world()
        let error = await #expect(throws: FederationError.self) { try await send(world, [], origin: "gamma.test") }
        #expect(error?.matrixError.status == 403)
    }

    @Test(
        arguments: [
            ["type": "m.room.message"], ["room_id": "!none:alpha.test", "type": "x"], [:], "text", 7, .null, ["room_id": 7],
        ] as [JSONValue])
    func `what is no event is passed over`(pdu: JSONValue) async throws {
        let world = try await world()
        let event = try signed(world, try await draft(world))
        let answer = try await send(world, [pdu, event.json.value])
        #expect(answer["pdus"]?[event.id.description]?.value == [:])
    }

    @Test func `an event that is too large is refused alone`() async throws {
        let world = try await world()
        let event = try signed(world, try await draft(world))
        var large = event.json.value
        large["content"]?["body"] = .string(String(repeating: "x", count: 70_000))
        let answer = try await send(world, [large, event.json.value])
        #expect(answer["pdus"]?[event.id.description]?.value == [:])
        #expect(try await world.alpha.messages(in: world.room) == ["hi"])
    }

    @Test func `too many events in a transaction are refused`() async throws {
        let world = try await world()
        let error = await #expect(throws: FederationError.self) { try await send(world, [JSONValue](repeating: [:], count: 51)) }
        #expect(error?.matrixError.status == 400)
        let second = await #expect(throws: FederationError.self) { try await send(world, [], edus: [JSONValue](repeating: [:], count: 101)) }
        #expect(second?.matrixError.status == 400)
    }

    @Test func `an event with unknown auth events does not enter`() async throws {
        let world = try await world()
        var draft = try await draft(world)
        draft.authEvents = [EventID("$" + String(repeating: "A", count: 43))].compactMap { $0 }
        let event = try signed(world, draft)
        let answer = try await send(world, [event.json.value])
        #expect(answer["pdus"]?[event.id.description]?["error"] != nil)
        #expect(try await world.alpha.messages(in: world.room) == [])
    }

    @Test func `an event after an endless past is bounded`() async throws {
        let world = try await world()
        // Beta makes up one more event before each event that it is asked for.
        let base = try await draft(world)
        let (room, beta, clock) = (world.room, world.beta, self.clock)
        let requests = Recorder<String>()
        @Sendable func link(_ number: Int) throws -> Event {
            var draft = base
            draft.depth = 1_000_000 - number
            draft.content = JSON(["body": .string("\(number)"), "msgtype": "m.text"])
            draft.prevEvents = [EventID("$" + String(repeating: "B", count: 40) + String(100 + number % 900))].compactMap { $0 }
            return try draft.signed(by: beta.name, with: beta.key, rules: RoomVersion.v11.rules)
        }
        let gateway = MemoryGateway(routes: beta.services.routes) { try await beta.foundation.authenticator.authenticate($0) }
        network.serve(beta.name) { request, _ throws(TransportError) in
            requests.record(request.target)
            guard request.target.contains("get_missing_events") else { return await gateway.respond(request) }
            let events = (1...10).compactMap { try? link(requests.values.count * 10 + $0).json.value }
            return InboundAnswer(status: 200, body: JSONValue.object(["events": .array(events)]).bytes())
        }
        _ = (room, clock)
        let event = try link(0)
        let answer = try await send(world, [event.json.value])
        #expect(answer["pdus"]?[event.id.description] != nil)
        #expect(requests.values.count < 200)
    }

    @Test func `a server that the room's ACL keeps out is heard neither with events nor with typing`() async throws {
        let world = try await world()
        let event = try signed(world, try await draft(world))
        _ = try await world.alpha.rooms.append(
            NewEvent(
                type: "m.room.server_acl", stateKey: "", sender: world.alpha.user("ann"), content: ["allow": ["*"], "deny": ["beta.test"]]),
            to: world.room)
        let typing: JSONValue = [
            "edu_type": "m.typing",
            "content": ["room_id": .string(world.room.description), "user_id": "@bob:beta.test", "typing": true],
        ]
        let answer = try await send(world, [event.json.value], edus: [typing])
        #expect(answer["pdus"]?[event.id.description]?["error"]?.string?.contains("ACL") == true)
        #expect(world.alpha.edus.values.isEmpty)
        #expect(try await world.alpha.messages(in: world.room) == [])
    }

    @Test func `requests without a valid signature are refused with 401`() async throws {
        let world = try await world()
        let target = "/_matrix/federation/v1/query/directory?room_alias=%23a%3Aalpha.test"
        let gateway = MemoryGateway(routes: world.alpha.services.routes) { try await world.alpha.foundation.authenticator.authenticate($0) }
        for headers in [[], [("Authorization", #"X-Matrix origin="beta.test",key="ed25519:2",sig="AAAA""#)]] as [[(name: String, value: String)]] {
            let answer = await gateway.respond(
                OutboundRequest(method: "GET", target: target, headers: headers, maximumAnswerBytes: 1_000, timeoutMilliseconds: 1_000))
            #expect(answer.status == 401)
        }
    }
}
