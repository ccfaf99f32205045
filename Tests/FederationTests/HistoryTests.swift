import Federation
import MatrixModel
import RoomServer
import Testing

@Suite(.timeLimit(.minutes(2))) struct HistoryTests {
    let network = MemoryNetwork()
    let clock = VirtualClock()

    private func joined(after count: Int) async throws -> (alpha: TestServer, beta: TestServer, room: RoomID, sent: [EventID]) {
        let alpha = try await TestServer("alpha.test", on: network, clock: clock, seed: 1)
        let beta = try await TestServer("beta.test", on: network, clock: clock, seed: 2)
        let room = try await alpha.makeRoom(by: "ann")
        var sent: [EventID] = []
        for number in 0..<count { sent.append(try await alpha.say("\(number)", in: room, as: "ann")) }
        try await beta.join(room, as: "bob", via: alpha.name)
        return (alpha, beta, room, sent)
    }

    private func fillAll(_ server: TestServer, _ room: RoomID) async throws {
        for _ in 0..<50 {
            guard try await server.rooms.fillGap(in: room, after: .min, before: .max) else { return }
        }
    }

    @Test func `an event of the near past comes with all that lies between`() async throws {
        let (alpha, beta, room, sent) = try await joined(after: 40)
        let isThere = try await beta.rooms.fetchHistory(sent[20], in: room, from: alpha.name, after: .min, before: .max)
        #expect(isThere)
        let messages = try await beta.messages(in: room)
        #expect(messages.suffix(20) == (20..<40).map(String.init))
        // A second time there is nothing to do.
        let again = try await beta.rooms.fetchHistory(sent[20], in: room, from: alpha.name, after: .min, before: .max)
        #expect(again)
        #expect(try await beta.messages(in: room) == messages)
    }

    @Test func `an event of the far past comes alone, and what is around it comes in order`() async throws {
        let (alpha, beta, room, sent) = try await joined(after: 450)
        #expect(try await beta.rooms.fetchHistory(sent[30], in: room, from: alpha.name, after: .min, before: .max))
        #expect(try await beta.messages(in: room) == ["30"])
        #expect(try await beta.rooms.fetchHistory(sent[10], in: room, from: alpha.name, after: .min, before: .max))
        // Little lies between the two.
        #expect(try await beta.messages(in: room).suffix(21) == (10...30).map(String.init))
        try await fillAll(beta, room)
        #expect(try await beta.messages(in: room) == (0..<450).map(String.init))
    }

    @Test func `an event between two that stand alone finds its place`() async throws {
        let (alpha, beta, room, sent) = try await joined(after: 950)
        for index in [10, 600, 290] {
            #expect(try await beta.rooms.fetchHistory(sent[index], in: room, from: alpha.name, after: .min, before: .max))
        }
        #expect(try await beta.messages(in: room) == ["10", "290", "600"])
        try await fillAll(beta, room)
        #expect(try await beta.messages(in: room) == (0..<950).map(String.init))
    }

    @Test func `what is no event of the room is not taken`() async throws {
        let (alpha, beta, room, _) = try await joined(after: 5)
        let other = try await alpha.makeRoom(by: "ann")
        try await beta.join(other, as: "bob", via: alpha.name)
        let elsewhere = try await alpha.say("elsewhere", in: other, as: "ann")
        let unknown = try #require(EventID("$unknown"))
        for id in [elsewhere, unknown] {
            let isTaken = (try? await beta.rooms.fetchHistory(id, in: room, from: alpha.name, after: .min, before: .max)) ?? false
            #expect(!isTaken)
        }
        #expect(try await !beta.messages(in: room).contains("elsewhere"))
    }
}
