import HTTPTypes
import Hummingbird

/// Lets web clients of any origin call the client API (client-server API, "Web Browser Clients").
enum CrossOrigin {
    private static let prefixes = ["/_matrix/client", "/.well-known", "/_matrix/media", "/_martlet/client", "/_synapse/admin", "/_synapse/client"]

    static func applies(to path: Substring) -> Bool {
        prefixes.contains { path.utf8.starts(with: $0.utf8) }
    }

    /// The header fields of every answer, errors included.
    static let fields: HTTPFields = [
        .accessControlAllowOrigin: "*",
        .accessControlAllowMethods: "GET, POST, PUT, DELETE, OPTIONS",
        .accessControlAllowHeaders: "X-Requested-With, Content-Type, Authorization",
    ]

    /// The answer to `OPTIONS`, which runs no logic of an endpoint.
    static func preflight() -> Response {
        var fields = fields
        fields[.accessControlMaxAge] = String(Limits.preflightSeconds)
        return Response(status: .noContent, headers: fields)
    }
}
