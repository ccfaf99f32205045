import MatrixAPI
import MatrixModel
import Testing

struct RouteTableTests {
    @Test func `a handler is not run for a caller of another kind`() async throws {
        var table = RouteTable()
        table.on(SendMessageEvent.self) { _, request in
            Issue.record("the handler ran for \(request.roomID)")
            return .sent(try #require(EventID("$event")))
        }
        let entry = try #require(table.entries.first)
        #expect(entry.access == .user)
        #expect(entry.name == "SendMessageEvent")
        let input = RequestInput(method: .put, uri: "/", pathParameters: [:], queryItems: [], bodyBytes: [], contentType: nil)
        await #expect(throws: MatrixError.self) {
            _ = try await entry.respond(input, .anonymous(PublicCaller(address: "127.0.0.1")))
        }
    }
}
