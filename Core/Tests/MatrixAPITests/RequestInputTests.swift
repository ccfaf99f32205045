import MatrixAPI
import MatrixModel
import Testing

struct RequestInputTests {
    private func input(
        path: [String: String] = [:], query: [(name: String, value: String)] = [], body: String = ""
    ) -> RequestInput {
        RequestInput(
            method: .put, uri: "/", pathParameters: path, queryItems: query, bodyBytes: Array(body.utf8), contentType: "application/json")
    }

    private func error<Value>(_ body: () throws(MatrixError) -> Value) -> MatrixError? {
        do { _ = try body() } catch { return error }
        return nil
    }

    @Test func `an identifier outside of its grammar is an invalid parameter`() throws {
        let input = input(path: ["roomId": "no room", "userId": "@alice:example.org"])
        #expect(error { () throws(MatrixError) in try input.path("roomId", as: RoomID.self) }?.code == .invalidParam)
        #expect(error { () throws(MatrixError) in try input.path("absent", as: RoomID.self) }?.code == .missingParam)
        #expect(try input.path("userId", as: UserID.self).description == "@alice:example.org")
    }

    @Test func `query parameters are typed, repeated ones keep their order`() throws {
        let input = input(query: [("limit", "7"), ("flag", "yes"), ("server", "b.example"), ("server", "a.example")])
        #expect(try input.query("limit", as: Int.self) == 7)
        #expect(try input.query("absent", as: Int.self) == nil)
        #expect(error { () throws(MatrixError) in try input.query("flag", as: Bool.self) }?.code == .invalidParam)
        #expect(error { () throws(MatrixError) in try input.requiredQuery("absent", as: String.self) }?.code == .missingParam)
        #expect(try input.queryAll("server", as: ServerName.self).map(\.description) == ["b.example", "a.example"])
    }

    @Test func `a body is refused by what is wrong with it`() throws {
        #expect(error { () throws(MatrixError) in try input(body: "{").bodyObject() }?.code == .notJSON)
        #expect(error { () throws(MatrixError) in try input().bodyObject() }?.code == .notJSON)
        #expect(error { () throws(MatrixError) in try input(body: "[]").bodyObject() }?.code == .badJSON)
        #expect(error { () throws(MatrixError) in try input(body: #"{"a":1,"a":2}"#).bodyObject() }?.code == .notJSON)
        #expect(try input().optionalBodyObject().count == 0)
    }

    @Test func `members of a body are missing or malformed`() throws {
        let body = try input(body: #"{"name":"tea","count":3,"users":["@a:b","nobody"],"nothing":null}"#).bodyObject()
        #expect(try body.required("name", as: String.self) == "tea")
        #expect(try body.optional("nothing", as: String.self) == nil)
        #expect(error { () throws(MatrixError) in try body.required("absent", as: String.self) }?.code == .missingParam)
        #expect(error { () throws(MatrixError) in try body.required("count", as: String.self) }?.code == .badJSON)
        #expect(error { () throws(MatrixError) in try body.required("users", as: [UserID].self) }?.code == .badJSON)
    }
}
