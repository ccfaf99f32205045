public import MatrixModel

/// Tells whether an account is suspended (client-server API, "Server Administration").
public enum GetSuspension: Endpoint {
    public typealias Caller = AdminCaller
    public typealias Request = ModeratedAccountRequest
    public typealias Response = JSONResponse
    public static let route = Route(
        .get, "/_matrix/client/v1/admin/suspend/{userId}",
        aliases: ["/_matrix/client/unstable/uk.timedout.msc4323/admin/suspend/{userId}"], limit: .admin)
}

/// Suspends an account, or ends its suspension.
public enum SetSuspension: Endpoint {
    public typealias Caller = AdminCaller
    public typealias Response = JSONResponse
    public static let route = Route(
        .put, "/_matrix/client/v1/admin/suspend/{userId}",
        aliases: ["/_matrix/client/unstable/uk.timedout.msc4323/admin/suspend/{userId}"], limit: .admin)

    public struct Request: EndpointRequest {
        public let user: UserID
        public let isSuspended: Bool

        public init(_ input: RequestInput) throws(MatrixError) {
            user = try input.path("userId")
            isSuspended = try input.bodyObject().required("suspended")
        }
    }
}

/// Tells whether an account is locked.
public enum GetLock: Endpoint {
    public typealias Caller = AdminCaller
    public typealias Request = ModeratedAccountRequest
    public typealias Response = JSONResponse
    public static let route = Route(
        .get, "/_matrix/client/v1/admin/lock/{userId}", aliases: ["/_matrix/client/unstable/uk.timedout.msc4323/admin/lock/{userId}"],
        limit: .admin)
}

/// Locks an account, or unlocks it.
public enum SetLock: Endpoint {
    public typealias Caller = AdminCaller
    public typealias Response = JSONResponse
    public static let route = Route(
        .put, "/_matrix/client/v1/admin/lock/{userId}", aliases: ["/_matrix/client/unstable/uk.timedout.msc4323/admin/lock/{userId}"],
        limit: .admin)

    public struct Request: EndpointRequest {
        public let user: UserID
        public let isLocked: Bool

        public init(_ input: RequestInput) throws(MatrixError) {
            user = try input.path("userId")
            isLocked = try input.bodyObject().required("locked")
        }
    }
}

/// Names the account that is asked about.
public struct ModeratedAccountRequest: EndpointRequest {
    public let user: UserID
    public init(_ input: RequestInput) throws(MatrixError) { user = try input.path("userId") }
}

/// Tells from where somebody uses their account; for themselves and administrators.
public enum GetWhoIs: Endpoint {
    public typealias Caller = UserCaller
    public typealias Request = ModeratedAccountRequest
    public typealias Response = JSONResponse
    public static let route = Route(.get, "/_matrix/client/v3/admin/whois/{userId}", limit: .admin)
}
