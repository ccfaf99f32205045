public import MatrixModel

/// One operation of an API, declared once: the gateway mounts it, a service binds it, a test holds it against the specification.
public protocol Endpoint: Sendable {
    /// Who may call: `PublicCaller`, `OptionalUserCaller`, `UserCaller`, `AdminCaller` or `PeerCaller`. It has no default.
    associatedtype Caller: EndpointCaller
    /// What the request carries in path, query and body.
    associatedtype Request: EndpointRequest
    /// What the answer carries.
    associatedtype Response: EndpointResponse
    static var route: Route { get }
}

/// A request's typed form, decoded from the tape of its body rather than through Codable (4–20 times dearer, measured).
public protocol EndpointRequest: Sendable {
    /// Throws 400 with the specification's error code for what is missing or malformed.
    init(_ input: RequestInput) throws(MatrixError)
}

/// A request without parameters.
public struct EmptyRequest: EndpointRequest {
    public init(_ input: RequestInput) throws(MatrixError) {}
}

/// Method, path and the standing properties of an endpoint.
public struct Route: Hashable, Sendable {
    public let method: Method
    /// The path as the specification writes it, with `{name}` for parameters.
    public let path: String
    /// Other paths that answer the same way: older versions and unstable names, with the same parameters.
    public let aliases: [String]
    /// The class whose rate limit a call counts against.
    public let limit: RateLimitClass
    /// Whether a guest account may call (client-server API, "Guest Access").
    public let allowsGuests: Bool
    /// Largest body that is read, in bytes; more is answered 413 `M_TOO_LARGE`.
    public let maximumBodyBytes: Int
    /// Whether a locked account may still call.
    public let allowsLockedUsers: Bool
    /// Whether the handler reads the body itself, as it comes in, rather than find it whole in memory.
    public let streamsBody: Bool

    public init(
        _ method: Method, _ path: String, aliases: [String] = [], limit: RateLimitClass, allowsGuests: Bool = false,
        maximumBodyBytes: Int = 1 << 20, allowsLockedUsers: Bool = false, streamsBody: Bool = false
    ) {
        self.method = method
        self.path = path
        self.aliases = aliases
        self.limit = limit
        self.allowsGuests = allowsGuests
        self.maximumBodyBytes = maximumBodyBytes
        self.allowsLockedUsers = allowsLockedUsers
        self.streamsBody = streamsBody
    }
}

/// An HTTP method in use by the specification.
public enum Method: String, Hashable, Sendable, CaseIterable {
    case get = "GET"
    case put = "PUT"
    case post = "POST"
    case delete = "DELETE"
}

/// The classes of rate limit; each has a rate and a burst in the configuration.
public enum RateLimitClass: String, Hashable, Sendable, CaseIterable {
    /// Not limited.
    case none
    /// Reads of a logged-in person.
    case read
    /// Events sent into rooms.
    case message
    /// What is done with events that wait to be sent.
    case delayedEvents
    case roomCreation
    case join
    case invite
    case login
    case registration
    case profile
    case directory
    /// Account data, receipts, typing, tags and other small writes.
    case accountData
    case keys
    case media
    /// Previews of links, each of which may cost a fetch.
    case preview
    case search
    case report
    case admin
    /// Requests of other servers.
    case federation
}

/// Who can be the caller of an endpoint.
public protocol EndpointCaller: Sendable {
    static var access: Access { get }
    /// Nil where the identity is not of this kind.
    init?(_ identity: Identity)
}

/// What the gateway must establish before a handler runs.
public enum Access: String, Hashable, Sendable, CaseIterable {
    case open, optionalUser, user, admin, peer
}

/// What the gateway has established about a caller.
public enum Identity: Sendable {
    case anonymous(PublicCaller)
    case user(UserCaller)
    case peer(PeerCaller)
}

/// Anybody.
public struct PublicCaller: EndpointCaller {
    public static let access = Access.open
    /// The remote address, for limits and logs.
    public let address: String
    public let userAgent: String?

    public init(address: String, userAgent: String? = nil) {
        self.address = address
        self.userAgent = userAgent
    }

    public init?(_ identity: Identity) {
        guard case .anonymous(let caller) = identity else { return nil }
        self = caller
    }
}

/// A logged-in person, guest or application service's user.
public struct UserCaller: EndpointCaller {
    public static let access = Access.user
    public let user: UserID
    /// The device of the access token; absent for an application service's masquerade without a device.
    public let device: String?
    /// The row of the access token.
    public let tokenID: Int64
    public let isGuest: Bool
    public let isAdmin: Bool
    /// Whether the account is suspended: of what writes it may call what `Route.allowsSuspendedUsers` lists alone.
    public let isSuspended: Bool
    /// The identifier of the application service that acts as the user, if one does.
    public let applicationService: String?
    public let address: String
    public let userAgent: String?

    public init(
        user: UserID, device: String?, tokenID: Int64, isGuest: Bool = false, isAdmin: Bool = false, isSuspended: Bool = false,
        applicationService: String? = nil, address: String, userAgent: String? = nil
    ) {
        self.user = user
        self.device = device
        self.tokenID = tokenID
        self.isGuest = isGuest
        self.isAdmin = isAdmin
        self.isSuspended = isSuspended
        self.applicationService = applicationService
        self.address = address
        self.userAgent = userAgent
    }

    public init?(_ identity: Identity) {
        guard case .user(let caller) = identity else { return nil }
        self = caller
    }
}

/// A person who may or may not be logged in.
public struct OptionalUserCaller: EndpointCaller {
    public static let access = Access.optionalUser
    public let user: UserCaller?
    public let address: String

    public init?(_ identity: Identity) {
        switch identity {
        case .anonymous(let caller):
            user = nil
            address = caller.address
        case .user(let caller):
            user = caller
            address = caller.address
        case .peer: return nil
        }
    }
}

/// A logged-in administrator of this server.
public struct AdminCaller: EndpointCaller {
    public static let access = Access.admin
    public let user: UserCaller

    public init?(_ identity: Identity) {
        guard case .user(let caller) = identity, caller.isAdmin else { return nil }
        user = caller
    }
}

/// Another homeserver whose request signature was checked (server-server API, "Request Authentication").
public struct PeerCaller: EndpointCaller {
    public static let access = Access.peer
    public let origin: ServerName
    public let address: String

    public init(origin: ServerName, address: String) {
        self.origin = origin
        self.address = address
    }

    public init?(_ identity: Identity) {
        guard case .peer(let caller) = identity else { return nil }
        self = caller
    }
}
