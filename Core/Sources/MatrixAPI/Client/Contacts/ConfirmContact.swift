public import MatrixModel

/// What the link in a message carries.
public struct ContactConfirmation: EndpointRequest {
    public let session: String
    public let token: String

    public init(_ input: RequestInput) throws(MatrixError) {
        session = try input.requiredQuery("sid")
        token = try input.requiredQuery("token")
    }
}

/// A page for a person who followed a link, with a form at most.
public struct ContactPage: EndpointResponse {
    public let status: Int
    public let html: String
    /// What marks the page's own style sheet, new for each answer.
    public let nonce: String
    /// Where the browser goes instead.
    public let location: String?

    public init(status: Int = 200, html: String, nonce: String, location: String? = nil) {
        self.status = status
        self.html = html
        self.nonce = nonce
        self.location = location
    }

    public var payload: Payload { .bytes(Array(html.utf8), contentType: "text/html; charset=utf-8") }
    public var headers: [(name: String, value: String)] {
        var headers = [
            (
                name: "Content-Security-Policy",
                value: "default-src 'none'; style-src 'nonce-\(nonce)'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
            ),
            ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"), ("Cache-Control", "no-store"),
        ]
        if let location { headers.append(("Location", location)) }
        return headers
    }
}

/// The page that the link in an e-mail opens: it asks whether the address is to be confirmed, since programs that look at mail follow links too.
public enum ShowContactConfirmation: Endpoint {
    public typealias Caller = PublicCaller
    public typealias Request = ContactConfirmation
    public typealias Response = ContactPage
    public static let route = Route(.get, "/_martlet/contacts/confirm", limit: .login)
}

/// Confirms the address.
public enum ConfirmContact: Endpoint {
    public typealias Caller = PublicCaller
    public typealias Request = ContactConfirmation
    public typealias Response = ContactPage
    public static let route = Route(.post, "/_martlet/contacts/confirm", limit: .login)
}
