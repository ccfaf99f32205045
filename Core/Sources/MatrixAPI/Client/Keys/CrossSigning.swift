public import MatrixModel

/// Publishes the caller's cross-signing keys (client-server API, "Cross-signing").
public enum UploadSigningKeys: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = EmptyResponse
    public static let route = Route.keys(.post, "/keys/device_signing/upload")

    public struct Request: EndpointRequest {
        public let masterKey: JSON?
        public let selfSigningKey: JSON?
        public let userSigningKey: JSON?
        public let auth: JSON?

        public init(_ input: RequestInput) throws(MatrixError) {
            let body = try input.bodyObject()
            masterKey = try body.optional("master_key")
            selfSigningKey = try body.optional("self_signing_key")
            userSigningKey = try body.optional("user_signing_key")
            auth = try body.optional("auth")
        }
    }
}

/// Publishes signatures of keys (client-server API, "Cross-signing").
public enum UploadSignatures: Endpoint {
    public typealias Caller = UserCaller
    public static let route = Route.keys(.post, "/keys/signatures/upload")

    public struct Request: EndpointRequest {
        /// Signed objects by user and key: a device ID or the public part of a master key.
        public let signed: [(user: String, keys: [(key: String, object: JSON)])]

        public init(_ input: RequestInput) throws(MatrixError) {
            var signed: [(user: String, keys: [(key: String, object: JSON)])] = []
            for (user, keys) in try input.bodyObject().table("body", of: JSON.self) {
                signed.append((user, try keys.table(user, of: JSON.self).map { (key: $0.key, object: $0.value) }))
            }
            self.signed = signed
        }
    }

    public struct Response: EndpointResponse {
        /// Errors by user and key.
        public let failures: [String: [String: MatrixError]]
        public init(failures: [String: [String: MatrixError]]) { self.failures = failures }
        public var payload: Payload { .json(["failures": .object(failures.mapValues { .object($0.mapValues(\.body)) })]) }
    }
}
