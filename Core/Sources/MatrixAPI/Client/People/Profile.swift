public import MatrixModel

/// Reads a person's whole profile (client-server API, "Profiles").
public enum GetProfile: Endpoint {
    public typealias Caller = PublicCaller
    public typealias Response = JSONResponse
    public static let route = Route(
        .get, "/_matrix/client/v3/profile/{userId}", aliases: ["/_matrix/client/r0/profile/{userId}"], limit: .read)

    public struct Request: EndpointRequest {
        public let user: UserID
        public init(_ input: RequestInput) throws(MatrixError) { user = try input.path("userId") }
    }
}

/// Reads one field of a person's profile.
public enum GetProfileField: Endpoint {
    public typealias Caller = PublicCaller
    /// An object with the field as its one member.
    public typealias Response = JSONResponse
    public typealias Request = ProfileFieldRequest
    public static let route = Route(
        .get, "/_matrix/client/v3/profile/{userId}/{keyName}", aliases: profileFieldAliases, limit: .read)
}

/// Sets one field of the caller's profile.
public enum SetProfileField: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = EmptyResponse
    public static let route = Route(
        .put, "/_matrix/client/v3/profile/{userId}/{keyName}", aliases: profileFieldAliases, limit: .profile, allowsGuests: true)

    public struct Request: EndpointRequest {
        public let user: UserID
        public let key: String
        public let value: JSON

        public init(_ input: RequestInput) throws(MatrixError) {
            user = try input.path("userId")
            key = try input.path("keyName")
            let body = try input.bodyObject()
            guard let value = body[key] else { throw .missingParam(key) }
            self.value = value
        }
    }
}

/// Removes one field of the caller's profile.
public enum DeleteProfileField: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = EmptyResponse
    public typealias Request = ProfileFieldRequest
    public static let route = Route(
        .delete, "/_matrix/client/v3/profile/{userId}/{keyName}", aliases: profileFieldAliases, limit: .profile, allowsGuests: true)
}

/// Names one field of a profile.
public struct ProfileFieldRequest: EndpointRequest {
    public let user: UserID
    public let key: String

    public init(_ input: RequestInput) throws(MatrixError) {
        user = try input.path("userId")
        key = try input.path("keyName")
    }
}

private let profileFieldAliases = [
    "/_matrix/client/r0/profile/{userId}/{keyName}", "/_matrix/client/unstable/uk.tcpip.msc4133/profile/{userId}/{keyName}",
]
