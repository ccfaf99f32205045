import Federation
import MatrixAPI
import MatrixModel
import Testing

@Suite(.timeLimit(.minutes(1))) struct RemoteSpacesTests {
    let network = MemoryNetwork()
    let clock = VirtualClock()

    private func room(_ text: String) throws -> RoomID { try #require(RoomID(text)) }

    /// A server that knows one space, one that knows none, and one that lies.
    private func servers() async throws -> RemoteQueries {
        let known = try room("!space:alpha.test")
        let told: JSONValue = ["room": ["room_id": .string(known.description)], "children": [], "inaccessible_children": []]
        _ = try await TestServer(
            "alpha.test", on: network, clock: clock, seed: 1,
            ports: FederationPorts(hierarchy: { room, isSuggestedOnly, server in
                guard room == known, server.description == "beta.test" else { throw MatrixError.notFound("no") }
                var answer = told
                answer["suggested"] = .bool(isSuggestedOnly)
                return answer
            }))
        _ = try await TestServer("empty.test", on: network, clock: clock, seed: 3)
        _ = try await TestServer("liar.test", on: network, clock: clock, seed: 4, ports: FederationPorts(hierarchy: { _, _, _ in ["room": [:]] }))
        let beta = try await TestServer("beta.test", on: network, clock: clock, seed: 2)
        return RemoteQueries(client: beta.foundation.client)
    }

    @Test func `the first server that knows the room is heard`() async throws {
        let queries = try await servers()
        let via = ["beta.test", "gone.test", "empty.test", "liar.test", "alpha.test"].map(server)
        let found = try await queries.hierarchy(of: room("!space:alpha.test"), suggestedOnly: true, via: via)
        #expect(found?["room"]?["room_id"]?.string == "!space:alpha.test")
        #expect(found?["suggested"]?.bool == true)
    }

    @Test func `a room that nobody tells of is none, one whose servers fail is an error`() async throws {
        let queries = try await servers()
        let unknown = try room("!unknown:alpha.test")
        let nothing = try await queries.hierarchy(of: unknown, suggestedOnly: false, via: ["empty.test", "alpha.test"].map(server))
        #expect(nothing == nil)
        await #expect(throws: FederationError.self) {
            try await queries.hierarchy(of: unknown, suggestedOnly: false, via: [server("gone.test"), server("empty.test")])
        }
        await #expect(throws: FederationError.self) {
            try await queries.hierarchy(of: unknown, suggestedOnly: false, via: [server("liar.test")])
        }
    }

    @Test func `an event near a moment is asked for with moment and direction`() async throws {
        let event = try #require(EventID("$found"))
        _ = try await TestServer(
            "alpha.test", on: network, clock: clock, seed: 1,
            ports: FederationPorts(eventByTimestamp: { _, query, _ in
                guard query == TimestampQuery(timestamp: 5, direction: .backward) else { throw MatrixError.notFound("no") }
                return TimestampedEvent(eventID: event, originServerTS: 4)
            }))
        let beta = try await TestServer("beta.test", on: network, clock: clock, seed: 2)
        let queries = RemoteQueries(client: beta.foundation.client)
        let place = try room("!room:alpha.test")
        let found = try await queries.event(near: TimestampQuery(timestamp: 5, direction: .backward), in: place, of: server("alpha.test"))
        #expect(found == TimestampedEvent(eventID: event, originServerTS: 4))
        let nothing = try await queries.event(near: TimestampQuery(timestamp: 5, direction: .forward), in: place, of: server("alpha.test"))
        #expect(nothing == nil)
    }
}
