public import MatrixModel

/// Claims one-time keys (client-server API, "One-time and fallback keys").
public enum ClaimKeys: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = JSONResponse
    public static let route = Route.keys(.post, "/keys/claim", allowsGuests: true)

    public struct Request: EndpointRequest {
        public let timeoutMilliseconds: Int?
        public let claims: [KeyClaim]

        public init(_ input: RequestInput) throws(MatrixError) {
            let body = try input.bodyObject()
            timeoutMilliseconds = try body.optional("timeout")
            claims = try KeyClaim.read(body)
        }
    }
}

/// One key that is asked for.
public struct KeyClaim: Hashable, Sendable {
    public let user: UserID
    public let device: String
    public let algorithm: String

    public init(user: UserID, device: String, algorithm: String) {
        self.user = user
        self.device = device
        self.algorithm = algorithm
    }

    /// Reads `one_time_keys`, in the order of users and devices; names that are no user IDs are nobody's.
    public static func read(_ body: JSON) throws(MatrixError) -> [KeyClaim] {
        let object: JSON = try body.required("one_time_keys")
        var claims: [KeyClaim] = []
        for (name, devices) in try object.table("one_time_keys", of: [String: String].self) {
            guard let user = UserID(name) else { continue }
            for device in devices.keys.sorted() {
                if let algorithm = devices[device] { claims.append(KeyClaim(user: user, device: device, algorithm: algorithm)) }
            }
        }
        return claims
    }
}
