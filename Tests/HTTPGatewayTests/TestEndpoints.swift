import MatrixAPI
import MatrixModel

/// Answers with its path and query parameters and the length of its body.
struct EchoRequest: EndpointRequest {
    let values: [String: JSONValue]

    init(_ input: RequestInput) throws(MatrixError) {
        var values: [String: JSONValue] = ["bytes": .integer(input.bodyBytes.count)]
        for name in ["room", "key"] {
            if let value: String = try? input.path(name) { values[name] = .string(value) }
        }
        if let q: String = try input.query("q") { values["q"] = .string(q) }
        self.values = values
    }
}

enum OpenEcho: Endpoint {
    typealias Caller = PublicCaller
    typealias Request = EchoRequest
    typealias Response = JSONResponse
    static let route = Route(
        .get, "/_matrix/client/v3/echo/{room}/{key}",
        aliases: ["/_matrix/client/v3/echo/{room}", "/_matrix/client/unstable/org.example/echo/{room}/{key}"], limit: .read)
}

enum UserPut: Endpoint {
    typealias Caller = UserCaller
    typealias Request = EchoRequest
    typealias Response = JSONResponse
    static let route = Route(.put, "/_matrix/client/v3/echo/{room}/{key}", limit: .message, maximumBodyBytes: 100)
}

enum GuestGet: Endpoint {
    typealias Caller = UserCaller
    typealias Request = EmptyRequest
    typealias Response = EmptyResponse
    static let route = Route(.get, "/_matrix/client/v3/guests", limit: .none, allowsGuests: true, allowsLockedUsers: true)
}

enum AdminGet: Endpoint {
    typealias Caller = AdminCaller
    typealias Request = EmptyRequest
    typealias Response = EmptyResponse
    static let route = Route(.get, "/_martlet/admin", limit: .admin)
}

enum OptionalGet: Endpoint {
    typealias Caller = OptionalUserCaller
    typealias Request = EmptyRequest
    typealias Response = JSONResponse
    static let route = Route(.get, "/_matrix/client/v3/optional", limit: .none)
}

enum PeerPut: Endpoint {
    typealias Caller = PeerCaller
    typealias Request = EchoRequest
    typealias Response = JSONResponse
    static let route = Route(.put, "/_matrix/federation/v1/send/{key}", limit: .federation)
}

enum BrokenGet: Endpoint {
    typealias Caller = PublicCaller
    typealias Request = EmptyRequest
    typealias Response = EmptyResponse
    static let route = Route(.get, "/_matrix/client/v3/broken", limit: .none)
}

enum LongPoll: Endpoint {
    typealias Caller = PublicCaller
    typealias Request = EmptyRequest
    typealias Response = EmptyResponse
    static let route = Route(.get, "/_matrix/client/v3/poll", limit: .none)
}

enum LongWrite: Endpoint {
    typealias Caller = PublicCaller
    typealias Request = EmptyRequest
    typealias Response = EmptyResponse
    static let route = Route(.post, "/_matrix/client/v3/write", limit: .none)
}

struct SecretFailure: Error {}

extension RouteTable {
    /// Every endpoint above that answers at once.
    static func forTests() -> RouteTable {
        var table = RouteTable()
        table.on(OpenEcho.self) { _, request in JSONResponse(.object(request.values)) }
        table.on(UserPut.self) { caller, request in
            JSONResponse(["user": .string(caller.user.description), "bytes": request.values["bytes"] ?? .null])
        }
        table.on(GuestGet.self) { _, _ in EmptyResponse() }
        table.on(AdminGet.self) { _, _ in EmptyResponse() }
        table.on(OptionalGet.self) { caller, _ in JSONResponse(["user": .bool(caller.user != nil), "address": .string(caller.address)]) }
        table.on(PeerPut.self) { caller, request in
            JSONResponse(["origin": .string(caller.origin.description), "key": request.values["key"] ?? .null])
        }
        table.on(BrokenGet.self) { _, _ in throw SecretFailure() }
        return table
    }
}
