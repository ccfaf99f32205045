import HTTPTypes
import MatrixAPI
import MatrixModel
import Testing

@testable import HTTPGateway

@Suite struct RepresentationTests {
    private enum Page: Endpoint {
        typealias Caller = PublicCaller
        typealias Request = EmptyRequest
        static let route = Route(.get, "/page", limit: .none)

        struct Response: EndpointResponse {
            let forms: Representations
            var payload: Payload { .representations(forms, contentType: "text/css") }
            var headers: [(name: String, value: String)] { [("Cache-Control", "no-cache")] }
        }
    }

    private enum Address: Endpoint {
        typealias Caller = PublicCaller
        typealias Response = JSONResponse
        static let route = Route(.get, "/address", limit: .none)

        struct Request: EndpointRequest {
            let origin: String?
            init(_ input: RequestInput) throws(MatrixError) { origin = input.origin }
        }
    }

    private static func form(_ encoding: String?, _ text: String, isThere: Bool = true) -> Representations.Variant {
        Representations.Variant(encoding: encoding, entityTag: "\"\(text)\"") {
            let bytes = Array(text.utf8)
            return isThere ? ByteSource(count: bytes.count) { offset, count in Array(bytes[offset..<min(offset + count, bytes.count)]) } : nil
        }
    }

    private func table(brotliIsThere: Bool = true) -> RouteTable {
        var table = RouteTable()
        let forms = Representations([
            RepresentationTests.form("br", "brotli", isThere: brotliIsThere), RepresentationTests.form("gzip", "zipped"),
            RepresentationTests.form(nil, "plain"),
        ])
        table.on(Page.self) { _, _ in Page.Response(forms: forms) }
        table.on(Address.self) { _, request in JSONResponse(["origin": request.origin.map { .string($0) } ?? .null]) }
        return table
    }

    @Test func `the first form that the client takes is sent`() async throws {
        try await RunningGateway.with(table()) { gateway in
            for (accepted, body, encoding) in [
                (nil, "plain", nil), ("br, gzip", "brotli", "br"), ("gzip", "zipped", "gzip"), ("br;q=0,gzip", "zipped", "gzip"),
                ("*;q=0.5", "brotli", "br"), ("deflate", "plain", nil),
            ] as [(String?, String, String?)] {
                let answer = try await gateway.client.request("GET", "/page", headers: accepted.map { [("Accept-Encoding", $0)] } ?? [])
                #expect(answer.body == body)
                #expect(answer[header: "content-encoding"] == encoding)
                #expect(answer[header: "vary"] == "Accept-Encoding")
                #expect(answer[header: "content-length"] == String(body.utf8.count))
                #expect(answer[header: "etag"] == "\"\(body)\"")
            }
        }
    }

    @Test func `who has the form already is told so, with the fields that caches need`() async throws {
        try await RunningGateway.with(table()) { gateway in
            for sent in ["\"zipped\"", "\"a\", W/\"zipped\"", "*"] {
                let answer = try await gateway.client.request("GET", "/page", headers: [("Accept-Encoding", "gzip"), ("If-None-Match", sent)])
                #expect(answer.status == 304)
                #expect(answer.body.isEmpty)
                #expect(answer[header: "etag"] == "\"zipped\"")
                #expect(answer[header: "cache-control"] == "no-cache")
                #expect(answer[header: "vary"] == "Accept-Encoding")
                #expect(answer[header: "content-type"] == nil)
            }
            // It has another form than the one that it takes.
            let other = try await gateway.client.request("GET", "/page", headers: [("Accept-Encoding", "gzip"), ("If-None-Match", "\"brotli\"")])
            #expect(other.status == 200)
        }
    }

    @Test func `a form that is gone is passed over`() async throws {
        try await RunningGateway.with(table(brotliIsThere: false)) { gateway in
            let answer = try await gateway.client.request("GET", "/page", headers: [("Accept-Encoding", "br, gzip")])
            #expect(answer.body == "zipped")
        }
    }

    @Test func `the client's address for the server is what it asked, and the scheme what the proxy says`() async throws {
        let listeners = [Listener(address: "127.0.0.1", port: 0), Listener(address: "127.0.0.1", port: 0, isBehindProxy: true)]
        try await RunningGateway.with(table(), listeners: listeners) { gateway in
            let proxied = try #require(gateway.bound.first { $0.listener.isBehindProxy })
            let direct = try #require(gateway.bound.first { !$0.listener.isBehindProxy })
            let field = [("X-Forwarded-Proto", "https")]
            let behind = try await RawClient(port: proxied.port).request("GET", "/address", headers: field)
            #expect(behind.body == #"{"origin":"https://localhost"}"#)
            let forged = try await RawClient(port: direct.port).request("GET", "/address", headers: field)
            #expect(forged.body == #"{"origin":"http://localhost"}"#)
            let odd = try await RawClient(port: proxied.port).request("GET", "/address", headers: [("X-Forwarded-Proto", "javascript")])
            #expect(odd.body == #"{"origin":"http://localhost"}"#)
        }
    }

    @Test func `a host with other characters than names have is none`() async throws {
        try await RunningGateway.with(table()) { gateway in
            let text = "GET /address HTTP/1.1\r\nHost: a\"><b>\r\nConnection: close\r\n\r\n"
            let answer = try await gateway.client.send(text)
            #expect(answer.status == 400 || answer.body == #"{"origin":null}"#)
        }
    }

    @Test func `malformed lists of encodings take nothing away`() {
        #expect(AcceptedEncodings(fields: [";;,, =", "br ; q=1"]).takes("br"))
        #expect(!AcceptedEncodings(fields: ["br; q = 0"]).takes("br"))
        #expect(!AcceptedEncodings(fields: []).takes("br"))
        #expect(!AcceptedEncodings(fields: ["*;q=0"]).takes("br"))
        #expect(AcceptedEncodings(fields: ["gzip;q=0, *"]).takes("br"))
    }
}
