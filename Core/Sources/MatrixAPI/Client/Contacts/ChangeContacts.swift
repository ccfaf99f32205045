public import MatrixModel

/// The proof that an address belongs to somebody: a session whose message was answered.
public struct ContactProof: FieldDecodable, Hashable {
    public let session: String
    public let clientSecret: String

    public init?(field: JSON) {
        guard let session = field["sid"]?.string, let secret = field["client_secret"]?.string else { return nil }
        self.session = session
        clientSecret = secret
    }
}

/// Adds a proven address to the account.
public enum AddContact: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = EmptyResponse
    public static let route = Route(
        .post, "/_matrix/client/v3/account/3pid/add", aliases: ["/_matrix/client/r0/account/3pid/add"], limit: .accountData)

    public struct Request: EndpointRequest {
        public let proof: ContactProof?
        public let auth: JSON?

        public init(_ input: RequestInput) throws(MatrixError) {
            let body = try input.bodyObject()
            auth = try body.optional("auth")
            proof = ContactProof(field: body)
            // A request that only asks for the flows may be without.
            if proof == nil, auth != nil { throw .missingParam(body["sid"] == nil ? "sid" : "client_secret") }
        }
    }
}

/// The deprecated way to add a proven address.
public enum AddContactOldForm: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = EmptyResponse
    public static let route = Route(
        .post, "/_matrix/client/v3/account/3pid", aliases: ["/_matrix/client/r0/account/3pid"], limit: .accountData)

    public struct Request: EndpointRequest {
        public let proof: ContactProof
        public let auth: JSON?

        public init(_ input: RequestInput) throws(MatrixError) {
            let body = try input.bodyObject()
            auth = try body.optional("auth")
            // Clients write either of the two names.
            var found: ContactProof? = try body.optional("three_pid_creds")
            if found == nil { found = try body.optional("threePidCreds") }
            guard let found else { throw .missingParam("three_pid_creds") }
            proof = found
        }
    }
}

/// Binds a proven address to the account in the directory of an identity server.
public enum BindContact: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = EmptyResponse
    public static let route = Route(
        .post, "/_matrix/client/v3/account/3pid/bind", aliases: ["/_matrix/client/r0/account/3pid/bind"], limit: .accountData)

    public struct Request: EndpointRequest {
        public let proof: ContactProof
        public let identityServer: String
        public let identityAccessToken: String

        public init(_ input: RequestInput) throws(MatrixError) {
            let body = try input.bodyObject()
            guard let proof = ContactProof(field: body) else { throw .missingParam(body["sid"] == nil ? "sid" : "client_secret") }
            self.proof = proof
            identityServer = try body.required("id_server")
            identityAccessToken = try body.required("id_access_token")
        }
    }
}

/// Names an address of the account that is to be removed.
public struct ContactRemovalRequest: EndpointRequest {
    public let medium: String
    public let address: String

    public init(_ input: RequestInput) throws(MatrixError) {
        let body = try input.bodyObject()
        medium = try body.required("medium")
        guard medium == "email" || medium == "msisdn" else { throw .invalidParam("A medium is 'email' or 'msisdn'.") }
        address = try body.required("address")
    }
}

/// Removes an address from the account.
public enum DeleteContact: Endpoint {
    public typealias Caller = UserCaller
    public typealias Request = ContactRemovalRequest
    /// `{"id_server_unbind_result": …}`.
    public typealias Response = JSONResponse
    public static let route = Route(
        .post, "/_matrix/client/v3/account/3pid/delete", aliases: ["/_matrix/client/r0/account/3pid/delete"], limit: .accountData)
}

/// Takes an address of the account out of the directory of an identity server.
public enum UnbindContact: Endpoint {
    public typealias Caller = UserCaller
    public typealias Request = ContactRemovalRequest
    /// `{"id_server_unbind_result": …}`.
    public typealias Response = JSONResponse
    public static let route = Route(
        .post, "/_matrix/client/v3/account/3pid/unbind", aliases: ["/_matrix/client/r0/account/3pid/unbind"], limit: .accountData)
}
