public import MatrixModel

/// Receives events and ephemeral messages (server-server API, "Transactions").
public enum SendTransaction: Endpoint {
    public typealias Caller = PeerCaller
    public static let route = Route.federation(
        .put, "/_matrix/federation/v1/send/{txnId}", maximumBodyBytes: Route.maximumTransactionBytes)

    public struct Request: EndpointRequest {
        /// "They can have at most 50 PDUs and 100 EDUs."
        public static let maximumPDUs = 50
        public static let maximumEDUs = 100
        /// Longest transaction ID that is kept, in bytes.
        public static let maximumTransactionIDBytes = 255

        public let transactionID: String
        /// The `origin` of the body, where given: must equal the authenticated caller.
        public let origin: String?
        public let pdus: [JSON]
        public let edus: [JSON]

        public init(_ input: RequestInput) throws(MatrixError) {
            transactionID = try input.path("txnId")
            guard transactionID.utf8.count <= Request.maximumTransactionIDBytes else { throw .invalidParam("The transaction ID is too long.") }
            let body = try input.bodyObject()
            origin = try body.optional("origin")
            pdus = try body.optional("pdus") ?? []
            edus = try body.optional("edus") ?? []
            guard pdus.count <= Request.maximumPDUs else { throw .invalidParam("A transaction has at most 50 PDUs.") }
            guard edus.count <= Request.maximumEDUs else { throw .invalidParam("A transaction has at most 100 EDUs.") }
        }
    }

    public struct Response: EndpointResponse {
        /// Per event ID nil where it was handled, or why it was not.
        public let results: [String: String?]

        public init(results: [String: String?]) { self.results = results }

        public var payload: Payload {
            .json(["pdus": .object(results.mapValues { error in error.map { ["error": .string($0)] } ?? .object([:]) })])
        }
    }
}
