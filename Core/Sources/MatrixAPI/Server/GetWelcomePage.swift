/// The page a browser finds at the server's address. Not part of the specification.
public enum GetWelcomePage: Endpoint {
    public typealias Caller = PublicCaller
    public typealias Request = EmptyRequest
    public static let route = Route(.get, "/", limit: .none)

    public struct Response: EndpointResponse {
        public let html: String
        /// What marks the page's own style sheet, new for each answer.
        public let nonce: String

        public init(html: String, nonce: String) {
            self.html = html
            self.nonce = nonce
        }

        public var payload: Payload { .bytes(Array(html.utf8), contentType: "text/html; charset=utf-8") }
        public var headers: [(name: String, value: String)] {
            [
                (
                    "Content-Security-Policy",
                    "default-src 'none'; style-src 'nonce-\(nonce)'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
                ),
                ("X-Content-Type-Options", "nosniff"),
                ("Referrer-Policy", "no-referrer"),
            ]
        }
    }
}
