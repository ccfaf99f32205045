public import MatrixModel

/// What is common to the calls that have a message sent to an address (client-server API, "Adding account administrative contact information").
public struct ContactTokenRequest: EndpointRequest {
    public let clientSecret: String
    /// The e-mail address, or the telephone number, as given.
    public let address: String
    /// The client's number of this attempt: a message is sent again only for a larger one.
    public let attempt: Int
    public let nextLink: String?

    public init(_ input: RequestInput) throws(MatrixError) {
        let body = try input.bodyObject()
        clientSecret = try ContactTokenRequest.clientSecret(body)
        if let email: String = try body.optional("email") {
            address = email
        } else if let number: String = try body.optional("phone_number") {
            address = number
        } else {
            throw .missingParam("email")
        }
        attempt = try body.required("send_attempt")
        nextLink = try body.optional("next_link")
    }

    /// The member `client_secret`, of at most 255 of the letters that the specification allows.
    public static func clientSecret(_ body: JSON) throws(MatrixError) -> String {
        let secret: String = try body.required("client_secret")
        guard (1...255).contains(secret.utf8.count), secret.utf8.allSatisfy(isAllowed) else {
            throw .invalidParam("'client_secret' has 1 to 255 of the characters 0-9, a-z, A-Z, '.', '=', '_' and '-'.")
        }
        return secret
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "."), UInt8(ascii: "="), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}

/// Sends a message to an e-mail address that is to belong to a new account.
public enum RequestRegistrationEmail: Endpoint {
    public typealias Caller = PublicCaller
    public typealias Request = ContactTokenRequest
    /// `{"sid": …}`.
    public typealias Response = JSONResponse
    public static let route = Route(
        .post, "/_matrix/client/v3/register/email/requestToken", aliases: ["/_matrix/client/r0/register/email/requestToken"],
        limit: .registration)
}

/// Asks for a message to a telephone that is to belong to a new account.
public enum RequestRegistrationPhone: Endpoint {
    public typealias Caller = PublicCaller
    public typealias Request = ContactTokenRequest
    public typealias Response = JSONResponse
    public static let route = Route(
        .post, "/_matrix/client/v3/register/msisdn/requestToken", aliases: ["/_matrix/client/r0/register/msisdn/requestToken"],
        limit: .registration)
}

/// Sends a message to the e-mail address of an account whose password is forgotten.
public enum RequestPasswordEmail: Endpoint {
    public typealias Caller = PublicCaller
    public typealias Request = ContactTokenRequest
    public typealias Response = JSONResponse
    public static let route = Route(
        .post, "/_matrix/client/v3/account/password/email/requestToken",
        aliases: ["/_matrix/client/r0/account/password/email/requestToken"], limit: .login)
}

/// Asks for a message to the telephone of an account whose password is forgotten.
public enum RequestPasswordPhone: Endpoint {
    public typealias Caller = PublicCaller
    public typealias Request = ContactTokenRequest
    public typealias Response = JSONResponse
    public static let route = Route(
        .post, "/_matrix/client/v3/account/password/msisdn/requestToken",
        aliases: ["/_matrix/client/r0/account/password/msisdn/requestToken"], limit: .login)
}

/// Sends a message to an e-mail address that is to belong to an account.
public enum RequestContactEmail: Endpoint {
    public typealias Caller = PublicCaller
    public typealias Request = ContactTokenRequest
    public typealias Response = JSONResponse
    public static let route = Route(
        .post, "/_matrix/client/v3/account/3pid/email/requestToken", aliases: ["/_matrix/client/r0/account/3pid/email/requestToken"],
        limit: .login)
}

/// Asks for a message to a telephone that is to belong to an account.
public enum RequestContactPhone: Endpoint {
    public typealias Caller = PublicCaller
    public typealias Request = ContactTokenRequest
    public typealias Response = JSONResponse
    public static let route = Route(
        .post, "/_matrix/client/v3/account/3pid/msisdn/requestToken", aliases: ["/_matrix/client/r0/account/3pid/msisdn/requestToken"],
        limit: .login)
}
