public import MatrixModel

/// Makes a new backup of room keys (client-server API, "Server-side key backups").
public enum CreateKeyBackup: Endpoint {
    public typealias Caller = UserCaller
    public static let route = Route.keys(.post, "/room_keys/version")

    public struct Request: EndpointRequest {
        public let algorithm: String
        public let authData: JSON

        public init(_ input: RequestInput) throws(MatrixError) {
            let body = try input.bodyObject()
            algorithm = try body.required("algorithm")
            authData = try body.required("auth_data")
            guard authData.isObject else { throw .badJSON("'auth_data' must be an object.") }
        }
    }

    public struct Response: EndpointResponse {
        public let version: String
        public init(version: String) { self.version = version }
        public var payload: Payload { .json(["version": .string(version)]) }
    }
}

/// Describes the newest backup.
public enum GetNewestKeyBackup: Endpoint {
    public typealias Caller = UserCaller
    public typealias Request = EmptyRequest
    public typealias Response = KeyBackupResponse
    public static let route = Route.keys(.get, "/room_keys/version")
}

/// Describes a backup.
public enum GetKeyBackup: Endpoint {
    public typealias Caller = UserCaller
    public typealias Request = KeyBackupRequest
    public typealias Response = KeyBackupResponse
    public static let route = Route.keys(.get, "/room_keys/version/{version}")
}

/// Deletes a backup with its keys.
public enum DeleteKeyBackup: Endpoint {
    public typealias Caller = UserCaller
    public typealias Request = KeyBackupRequest
    public typealias Response = EmptyResponse
    public static let route = Route.keys(.delete, "/room_keys/version/{version}")
}

/// Changes what a backup says of itself.
public enum UpdateKeyBackup: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = EmptyResponse
    public static let route = Route.keys(.put, "/room_keys/version/{version}")

    public struct Request: EndpointRequest {
        public let version: String
        /// The version in the body, which must be that of the path.
        public let statedVersion: String?
        public let algorithm: String
        public let authData: JSON

        public init(_ input: RequestInput) throws(MatrixError) {
            version = try input.path("version")
            let body = try input.bodyObject()
            statedVersion = try body.optional("version")
            algorithm = try body.required("algorithm")
            authData = try body.required("auth_data")
            guard authData.isObject else { throw .badJSON("'auth_data' must be an object.") }
        }
    }
}

/// The name of a backup, in the path.
public struct KeyBackupRequest: EndpointRequest {
    public let version: String
    public init(_ input: RequestInput) throws(MatrixError) { version = try input.path("version") }
}

/// What a backup says of itself.
public struct KeyBackupResponse: EndpointResponse {
    public let version: String
    public let algorithm: String
    public let authData: JSON
    public let count: Int
    public let etag: String

    public init(version: String, algorithm: String, authData: JSON, count: Int, etag: String) {
        self.version = version
        self.algorithm = algorithm
        self.authData = authData
        self.count = count
        self.etag = etag
    }

    public var payload: Payload {
        .fragment(
            .object([
                ("algorithm", .string(algorithm)), ("auth_data", .encoded(Array(authData.rawBytes))), ("count", .integer(count)),
                ("etag", .string(etag)), ("version", .string(version)),
            ]))
    }
}
