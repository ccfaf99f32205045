import HTTPGateway
import Logging
import MatrixAPI
import MatrixModel
import NIOCore
import Testing

@Suite struct GatewayTests {
    @Test func `unknown paths are 404 and known paths with another method 405, both M_UNRECOGNIZED`() async throws {
        try await RunningGateway.with(.forTests()) { gateway in
            let unknown = try await gateway.client.request("GET", "/_matrix/client/v3/nothing")
            #expect(unknown.status == 404)
            #expect(unknown.body.contains("\"M_UNRECOGNIZED\""))
            let other = try await gateway.client.request("DELETE", "/_matrix/client/v3/echo/a/b")
            #expect(other.status == 405)
            #expect(other.body.contains("\"M_UNRECOGNIZED\""))
            #expect(other[header: "allow"] == "GET, PUT")
            let strange = try await gateway.client.request("PATCH", "/_matrix/client/v3/echo/a/b")
            #expect(strange.status == 405)
            let nowhere = try await gateway.client.request("PATCH", "/_matrix/client/v3/nothing")
            #expect(nowhere.status == 404)
        }
    }

    @Test func `parameters are decoded after the path is split`() async throws {
        try await RunningGateway.with(.forTests()) { gateway in
            let answer = try await gateway.client.request("GET", "/_matrix/client/v3/echo/%21a%2Fb%3Ax/m.%C3%A9?q=a+b%2Bc")
            #expect(answer.status == 200)
            #expect(answer.body == #"{"bytes":0,"key":"m.é","q":"a b+c","room":"!a/b:x"}"#)
            let invalid = try await gateway.client.request("GET", "/_matrix/client/v3/echo/%FF/k")
            #expect(invalid.status == 400)
            #expect(invalid.body.contains("M_INVALID_PARAM"))
            let query = try await gateway.client.request("GET", "/_matrix/client/v3/echo/r/k?q=%C3")
            #expect(query.status == 400)
        }
    }

    @Test func `v3 is served as r0, aliases answer alike, a trailing slash is tolerated`() async throws {
        try await RunningGateway.with(.forTests()) { gateway in
            for path in [
                "/_matrix/client/r0/echo/r/k", "/_matrix/client/unstable/org.example/echo/r/k", "/_matrix/client/v3/echo/r/k/",
            ] {
                let answer = try await gateway.client.request("GET", path)
                #expect(answer.body == #"{"bytes":0,"key":"k","room":"r"}"#)
            }
            for path in ["/_matrix/client/v3/echo/r", "/_matrix/client/v3/echo/r/"] {
                let answer = try await gateway.client.request("GET", path)
                #expect(answer.body == #"{"bytes":0,"key":"","room":"r"}"#)
            }
            // The PUT has no spelling without its last parameter, so the trailing slash stands for an empty one.
            let put = try await gateway.client.request(
                "PUT", "/_matrix/client/v3/echo/r/", headers: [("Authorization", "Bearer alice")], body: "{}")
            #expect(put.status == 200)
        }
    }

    @Test func `web clients of any origin may call the client API and read its errors`() async throws {
        try await RunningGateway.with(.forTests()) { gateway in
            for path in ["/_matrix/client/v3/echo/a/b", "/_matrix/client/v3/nothing", "/.well-known/matrix/client", "/_matrix/media/v3/config"] {
                let preflight = try await gateway.client.request("OPTIONS", path)
                #expect(preflight.status == 204)
                #expect(preflight[header: "access-control-allow-origin"] == "*")
                #expect(preflight[header: "access-control-allow-methods"] == "GET, POST, PUT, DELETE, OPTIONS")
                #expect(preflight[header: "access-control-allow-headers"] == "X-Requested-With, Content-Type, Authorization")
            }
            for path in ["/_matrix/client/v3/echo/a/b", "/_matrix/client/v3/nothing", "/_matrix/client/v3/guests", "/_matrix/client/v3/broken"] {
                let answer = try await gateway.client.request("GET", path)
                #expect(answer[header: "access-control-allow-origin"] == "*")
            }
            let federation = try await gateway.client.request("PUT", "/_matrix/federation/v1/send/1", body: "{}")
            #expect(federation[header: "access-control-allow-origin"] == nil)
        }
    }

    @Test func `an access token is taken from the header or the query, and its absence told apart from an unknown one`() async throws {
        try await RunningGateway.with(.forTests()) { gateway in
            let missing = try await gateway.client.request("GET", "/_matrix/client/v3/guests")
            #expect(missing.status == 401)
            #expect(missing.body.contains("M_MISSING_TOKEN"))
            let unknown = try await gateway.client.request("GET", "/_matrix/client/v3/guests?access_token=mallory")
            #expect(unknown.status == 401)
            #expect(unknown.body.contains("M_UNKNOWN_TOKEN"))
            let query = try await gateway.client.request("GET", "/_matrix/client/v3/guests?access_token=alice")
            #expect(query.status == 200)
            let header = try await gateway.client.request("GET", "/_matrix/client/v3/guests", headers: [("authorization", "bearer alice")])
            #expect(header.status == 200)
        }
    }

    @Test func `guests go only where the route lets them, administrators where it asks for them`() async throws {
        try await RunningGateway.with(.forTests()) { gateway in
            let allowed = try await gateway.client.request("GET", "/_matrix/client/v3/guests?access_token=guest")
            #expect(allowed.status == 200)
            let refused = try await gateway.client.request("PUT", "/_matrix/client/v3/echo/r/k?access_token=guest", body: "{}")
            #expect(refused.status == 403)
            #expect(refused.body.contains("M_GUEST_ACCESS_FORBIDDEN"))
            let person = try await gateway.client.request("GET", "/_martlet/admin?access_token=alice")
            #expect(person.status == 403)
            #expect(person.body.contains("M_FORBIDDEN"))
            let admin = try await gateway.client.request("GET", "/_martlet/admin?access_token=admin")
            #expect(admin.status == 200)
        }
    }

    @Test func `a locked account is let in only where the route says so`() async throws {
        try await RunningGateway.with(.forTests()) { gateway in
            let allowed = try await gateway.client.request("GET", "/_matrix/client/v3/guests?access_token=locked")
            #expect(allowed.status == 200)
            let refused = try await gateway.client.request("PUT", "/_matrix/client/v3/echo/r/k?access_token=locked", body: "{}")
            #expect(refused.status == 401)
            #expect(refused.body.contains("M_USER_LOCKED"))
            #expect(refused.body.contains(#""soft_logout":true"#))
        }
    }

    @Test func `an optional caller may be nobody, also by a token that is no longer known`() async throws {
        try await RunningGateway.with(.forTests()) { gateway in
            let nobody = try await gateway.client.request("GET", "/_matrix/client/v3/optional")
            #expect(nobody.body == #"{"address":"127.0.0.1","user":false}"#)
            let alice = try await gateway.client.request("GET", "/_matrix/client/v3/optional?access_token=alice")
            #expect(alice.body == #"{"address":"127.0.0.1","user":true}"#)
            let unknown = try await gateway.client.request("GET", "/_matrix/client/v3/optional?access_token=mallory")
            #expect(unknown.body == #"{"address":"127.0.0.1","user":false}"#)
            let locked = try await gateway.client.request("GET", "/_matrix/client/v3/optional?access_token=locked")
            #expect(locked.status == 401)
        }
    }

    @Test func `a body over the route's bound is 413, announced or not`() async throws {
        try await RunningGateway.with(.forTests()) { gateway in
            let fits = try await gateway.client.request(
                "PUT", "/_matrix/client/v3/echo/r/k?access_token=alice", body: String(repeating: " ", count: 98) + "{}")
            #expect(fits.body == #"{"bytes":100,"user":"@alice:localhost"}"#)
            let announced = try await gateway.client.request(
                "PUT", "/_matrix/client/v3/echo/r/k?access_token=alice", body: String(repeating: " ", count: 99) + "{}")
            #expect(announced.status == 413)
            #expect(announced.body.contains("M_TOO_LARGE"))
            let chunk = "40\r\n" + String(repeating: " ", count: 64) + "\r\n"
            let chunked = try await gateway.client.send(
                "PUT /_matrix/client/v3/echo/r/k?access_token=alice HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n" + chunk + chunk + "0\r\n\r\n")
            #expect(chunked.status == 413)
        }
    }

    @Test func `a refused rate is 429 with Retry-After in whole seconds`() async throws {
        try await RunningGateway.with(.forTests(), ports: .forTests(refusedLimits: [.read])) { gateway in
            let answer = try await gateway.client.request("GET", "/_matrix/client/v3/echo/r/k")
            #expect(answer.status == 429)
            #expect(answer[header: "retry-after"] == "2")
            #expect(answer.body.contains(#""retry_after_ms":1500"#))
        }
    }

    @Test func `an unexpected error is 500 M_UNKNOWN and logged under the endpoint's name without the query`() async throws {
        let record = Record()
        let logger = Logger(label: "test") { _ in RecordingLogHandler(record: record) }
        try await RunningGateway.with(.forTests(), logger: logger) { gateway in
            let answer = try await gateway.client.request("GET", "/_matrix/client/v3/broken?access_token=alice")
            #expect(answer.status == 500)
            #expect(answer.body.contains("M_UNKNOWN"))
            #expect(!answer.body.contains("SecretFailure"))
        }
        let line = record.all.first { $0.contains("unexpectedly") } ?? ""
        #expect(line.contains("BrokenGet"))
        #expect(record.all.contains { $0.contains("/_matrix/client/v3/broken") && $0.contains("500") })
        #expect(!record.all.contains { $0.contains("access_token") })
    }

    @Test func `HEAD answers as GET without the body`() async throws {
        try await RunningGateway.with(.forTests()) { gateway in
            let answer = try await gateway.client.request("HEAD", "/_matrix/client/v3/echo/r/k")
            #expect(answer.status == 200)
            #expect(answer[header: "content-length"] == "32")
            #expect(answer.body.isEmpty)
        }
    }

    @Test func `a peer is known by all its Authorization fields, with the request line as it stood`() async throws {
        let record = Record()
        try await RunningGateway.with(.forTests(), ports: .forTests(seen: { record.note($0) })) { gateway in
            let answer = try await gateway.client.request(
                "PUT", "/_matrix/federation/v1/send/1%2F2?x=%20y", headers: [("Authorization", "X-Matrix a"), ("Authorization", "X-Matrix b")],
                body: "{}")
            #expect(answer.body == #"{"key":"1/2","origin":"peer.example"}"#)
            let unsigned = try await gateway.client.request("PUT", "/_matrix/federation/v1/send/1", body: "{}")
            #expect(unsigned.status == 401)
            let unparsable = try await gateway.client.request(
                "PUT", "/_matrix/federation/v1/send/1", headers: [("Authorization", "X-Matrix a")], body: "{")
            #expect(unparsable.status == 400)
            #expect(unparsable.body.contains("M_NOT_JSON"))
        }
        #expect(record.all == ["peer /_matrix/federation/v1/send/1%2F2?x=%20y 2 true", "peer /_matrix/federation/v1/send/1 0 true"])
    }

    @Test func `behind a proxy the client's address is the last one forwarded`() async throws {
        let proxied = Listener(address: "127.0.0.1", port: 0, isBehindProxy: true)
        try await RunningGateway.with(.forTests(), listeners: [proxied]) { gateway in
            let forwarded = try await gateway.client.request(
                "GET", "/_matrix/client/v3/optional", headers: [("X-Forwarded-For", "10.9.9.9, 203.0.113.7")])
            #expect(forwarded.body.contains("203.0.113.7"))
        }
        try await RunningGateway.with(.forTests()) { gateway in
            let forged = try await gateway.client.request("GET", "/_matrix/client/v3/optional", headers: [("X-Forwarded-For", "203.0.113.7")])
            #expect(forged.body.contains("127.0.0.1"))
        }
    }
}

/// Notes each line with its metadata.
struct RecordingLogHandler: LogHandler {
    let record: Record
    var logLevel = Logger.Level.debug
    var metadata: Logger.Metadata = [:]

    init(record: Record) { self.record = record }

    func log(event: LogEvent) {
        record.note("\(event.level) \(event.message) \(event.metadata ?? [:])")
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }
}
