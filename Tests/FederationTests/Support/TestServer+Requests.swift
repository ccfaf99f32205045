import MatrixModel

@testable import Federation

extension TestServer {
    /// A signed request as this server would send it, its path percent-encoded here; for requests that no honest server makes.
    func get(_ target: String, from server: ServerName) async throws(FederationError) -> JSON {
        try await foundation.client.send("GET", TestServer.encode(target), body: nil, to: server)
    }

    func put(_ target: String, _ body: JSONValue, to server: ServerName) async throws(FederationError) -> JSON {
        try await foundation.client.send("PUT", TestServer.encode(target), body: body.bytes(), to: server)
    }

    private static func encode(_ target: String) -> String {
        let parts = target.split(separator: "?", maxSplits: 1)
        let path = parts[0].split(separator: "/").map { "/" + RequestTarget.encode(String($0)) }.joined()
        return parts.count > 1 ? path + "?" + parts[1] : path
    }
}
