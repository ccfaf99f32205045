import Federation
import Logging
import MatrixAPI
import MatrixModel
import RoomServer
import Testing

@Suite(.timeLimit(.minutes(2))) struct FederationSenderTests {
    let network = MemoryNetwork()
    let clock = VirtualClock()

    /// Two servers with a room that a user of each is in, and the first one's sender running.
    private func withRoom(_ body: (TestServer, TestServer, RoomID) async throws -> Void) async throws {
        let alpha = try await TestServer("alpha.test", on: network, clock: clock, seed: 1)
        let beta = try await TestServer("beta.test", on: network, clock: clock, seed: 2)
        let room = try await alpha.makeRoom(by: "ann")
        try await beta.join(room, as: "bob", via: alpha.name)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try? await alpha.services.sender.run() }
            group.addTask { try? await beta.services.sender.run() }
            try await body(alpha, beta, room)
            group.cancelAll()
        }
    }

    /// Waits for as many transactions to be delivered to a server.
    private func transactions(to server: ServerName, events count: Int) async throws -> [[JSON]] {
        func delivered(_ sent: [MemoryNetwork.Sent]) -> [[JSON]] {
            sent.filter { $0.wasDelivered && $0.destination == server && $0.request.target.contains("/v1/send/") }
                .map { (try? JSON.parse($0.request.body ?? []))?["pdus"]?.elements.map { $0 } ?? [] }
        }
        return delivered(await network.sent.values { delivered($0).reduce(0) { $0 + $1.count } >= count })
    }

    @Test func `messages reach the other server in both directions`() async throws {
        try await withRoom { alpha, beta, room in
            try await alpha.say("hello", in: room, as: "ann")
            _ = try await transactions(to: beta.name, events: 1)
            try await waitForMessages(["hello"], at: beta, room)
            try await beta.say("hi", in: room, as: "bob")
            try await waitForMessages(["hello", "hi"], at: alpha, room)
        }
    }

    /// Reads until the messages are there: an answer of the other side follows the request by some turns.
    private func waitForMessages(_ texts: [String], at server: TestServer, _ room: RoomID) async throws {
        while try await server.messages(in: room) != texts { await Task.yield() }
    }

    @Test func `fifty messages sent during an outage arrive in order afterwards`() async throws {
        try await withRoom { alpha, beta, room in
            network.setDown(beta.name, true)
            for number in 1...50 { try await alpha.say("\(number)", in: room, as: "ann") }
            // Some tries fail, with growing pauses.
            for _ in 1...3 { clock.advance(by: await clock.nextPause(atMost: 3_600_000)) }
            // The last try has failed too once there is a pause again.
            let pause = await clock.nextPause(atMost: 3_600_000)
            #expect(try await beta.messages(in: room) == [])
            network.setDown(beta.name, false)
            clock.advance(by: pause)
            try await waitForMessages((1...50).map(String.init), at: beta, room)
            let transactions = try await transactions(to: beta.name, events: 50)
            #expect(transactions.allSatisfy { $0.count <= 50 })
        }
    }

    @Test func `a retry has the identifier and the events of the first try`() async throws {
        try await withRoom { alpha, beta, room in
            network.setDown(beta.name, true)
            try await alpha.say("one", in: room, as: "ann")
            let pause = await clock.nextPause(atMost: 3_600_000)
            try await alpha.say("two", in: room, as: "ann")
            network.setDown(beta.name, false)
            clock.advance(by: pause)
            try await waitForMessages(["one", "two"], at: beta, room)
            let tries = network.sent.values.filter { $0.destination == beta.name && $0.request.target.contains("/v1/send/") }
            #expect(tries.count == 3)
            #expect(tries[0].request.target == tries[1].request.target)
            #expect(try JSON.parse(tries[1].request.body ?? [])["pdus"]?.count == 1)
            #expect(tries[2].request.target != tries[1].request.target)
        }
    }

    @Test func `a destination that is heard from is tried at once`() async throws {
        try await withRoom { alpha, beta, room in
            network.setDown(beta.name, true)
            try await alpha.say("one", in: room, as: "ann")
            for _ in 1...4 { clock.advance(by: await clock.nextPause(atMost: 3_600_000)) }
            _ = await clock.nextPause(atMost: 3_600_000)
            network.setDown(beta.name, false)
            // Beta sends something itself; no time passes.
            try await beta.say("back", in: room, as: "bob")
            try await waitForMessages(["back", "one"], at: beta, room)
        }
    }

    @Test func `a sender that starts anew goes on where it stood`() async throws {
        let alpha = try await TestServer("alpha.test", on: network, clock: clock, seed: 1)
        let beta = try await TestServer("beta.test", on: network, clock: clock, seed: 2)
        let room = try await alpha.makeRoom(by: "ann")
        try await beta.join(room, as: "bob", via: alpha.name)
        for text in ["first", "second"] {
            let sender = FederationServices(
                foundation: alpha.foundation, rooms: alpha.rooms, inbox: EphemeralInbox(), ports: FederationPorts(),
                software: (name: "Martlet", version: "0"), logger: .init(label: "alpha.test")
            ).sender
            try await alpha.say(text, in: room, as: "ann")
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try? await sender.run() }
                while try await beta.messages(in: room).last != text { await Task.yield() }
                group.cancelAll()
            }
        }
        #expect(try await beta.messages(in: room) == ["first", "second"])
    }

    @Test func `ephemeral messages reach the other server's inbox`() async throws {
        try await withRoom { alpha, beta, room in
            alpha.services.sender.send(.typing(room: room, user: alpha.user("ann"), isTyping: true), to: [beta.name, alpha.name])
            let received = await beta.edus.values { !$0.isEmpty }
            #expect(received.first?.type == "m.typing")
            #expect(received.first?.origin == alpha.name)
            #expect(received.first?.content["user_id"]?.string == "@ann:alpha.test")
        }
    }

    @Test func `a member's leaving reaches the server that the room loses`() async throws {
        try await withRoom { alpha, beta, room in
            _ = try await alpha.rooms.append(
                NewEvent(
                    type: "m.room.member", stateKey: beta.user("bob").description, sender: alpha.user("ann"), content: ["membership": "ban"]),
                to: room)
            while try await beta.membership(of: beta.user("bob"), in: room) != .ban { await Task.yield() }
        }
    }
}
