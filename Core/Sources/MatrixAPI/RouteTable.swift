public import MatrixModel

/// Endpoints bound to what serves them: a value that a gateway mounts, over HTTP or in memory.
public struct RouteTable: Sendable {
    /// One bound endpoint.
    public struct Entry: Sendable {
        /// The declaration's type name, for logs, metrics and tests.
        public let name: String
        public let route: Route
        public let access: Access
        /// Decodes, runs the handler and gives the answer; throws `MatrixError` or what the handler throws.
        public let respond: @Sendable (RequestInput, Identity) async throws -> any EndpointResponse
    }

    public private(set) var entries: [Entry] = []

    public init() {}

    /// Binds an endpoint to its handler.
    public mutating func on<Declaration: Endpoint>(
        _ declaration: Declaration.Type,
        _ handle: @escaping @Sendable (Declaration.Caller, Declaration.Request) async throws -> Declaration.Response
    ) {
        entries.append(
            Entry(name: String(describing: declaration), route: declaration.route, access: Declaration.Caller.access) { input, identity in
                guard let caller = Declaration.Caller(identity) else { throw MatrixError.forbidden("You may not call this.") }
                return try await handle(caller, try Declaration.Request(input))
            })
    }

    /// Adds the entries of another table.
    public mutating func add(_ other: RouteTable) {
        entries.append(contentsOf: other.entries)
    }
}

/// A request's body as it comes in, for what is too large to hold in memory.
public struct BodyStream: Sendable {
    /// The length that the request announces, in bytes; nil where it does not.
    public let announcedBytes: Int?
    private let read: @Sendable (_ take: (ArraySlice<UInt8>) async throws -> Void) async throws -> Void

    /// `read` hands the body over in pieces, each once the one before was taken, and throws where it breaks off.
    public init(announcedBytes: Int?, read: @escaping @Sendable (_ take: (ArraySlice<UInt8>) async throws -> Void) async throws -> Void) {
        self.announcedBytes = announcedBytes
        self.read = read
    }

    /// Takes the whole body piece by piece; to be called once.
    public func forEach(_ take: (ArraySlice<UInt8>) async throws -> Void) async throws { try await read(take) }
}

/// What the gateway asks of services before a handler runs; the wiring fills it in.
public struct GatewayPorts: Sendable {
    /// The person behind an access token; throws 401 `M_UNKNOWN_TOKEN`, or 401 `M_USER_LOCKED`.
    public var authenticateUser: @Sendable (_ request: UserCredentials) async throws -> UserCaller
    /// The server that signed a request; throws 401 `M_UNAUTHORIZED`.
    public var authenticatePeer: @Sendable (_ request: PeerCredentials) async throws -> PeerCaller
    /// Counts one call; throws 429 `M_LIMIT_EXCEEDED` with `retry_after_ms`.
    public var admit: @Sendable (_ limit: RateLimitClass, _ identity: Identity) throws(MatrixError) -> Void

    public init(
        authenticateUser: @escaping @Sendable (UserCredentials) async throws -> UserCaller,
        authenticatePeer: @escaping @Sendable (PeerCredentials) async throws -> PeerCaller,
        admit: @escaping @Sendable (RateLimitClass, Identity) throws(MatrixError) -> Void
    ) {
        self.authenticateUser = authenticateUser
        self.authenticatePeer = authenticatePeer
        self.admit = admit
    }
}

/// What a person shows to be known by.
public struct UserCredentials: Sendable {
    public let accessToken: String
    public let address: String
    public let userAgent: String?
    /// The `user_id` query parameter, by which an application service acts as one of its users.
    public let assertedUser: String?
    /// The `device_id` query parameter of an application service.
    public let assertedDevice: String?
    /// Whether a locked account may make this request, as it may log out.
    public let allowsLockedUsers: Bool

    public init(
        accessToken: String, address: String, userAgent: String?, assertedUser: String? = nil, assertedDevice: String? = nil,
        allowsLockedUsers: Bool = false
    ) {
        self.accessToken = accessToken
        self.address = address
        self.userAgent = userAgent
        self.assertedUser = assertedUser
        self.assertedDevice = assertedDevice
        self.allowsLockedUsers = allowsLockedUsers
    }
}

/// What another server shows to be known by (server-server API, "Request Authentication").
public struct PeerCredentials: Sendable {
    public let method: Method
    /// Path and query as they stood on the request line.
    public let uri: String
    /// The `Authorization` header fields, each one.
    public let authorization: [String]
    /// The parsed body, nil where there was none.
    public let body: JSON?
    public let address: String

    public init(method: Method, uri: String, authorization: [String], body: JSON?, address: String) {
        self.method = method
        self.uri = uri
        self.authorization = authorization
        self.body = body
        self.address = address
    }
}
