public import MatrixModel

/// Acknowledges a room up to an event (client-server API, "Receipts").
public enum SendReceipt: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = EmptyResponse
    public static let route = Route.clientV3(
        .post, "/rooms/{roomId}/receipt/{receiptType}/{eventId}", limit: .accountData, allowsGuests: true)

    public struct Request: EndpointRequest {
        public let roomID: RoomID
        public let type: ReceiptType
        public let eventID: EventID
        /// The root of a thread, or `main`; absent on an unthreaded receipt.
        public let threadID: String?

        public init(_ input: RequestInput) throws(MatrixError) {
            roomID = try input.path("roomId")
            type = try input.path("receiptType")
            eventID = try input.path("eventId")
            let body = try input.optionalBodyObject()
            guard let thread = body["thread_id"] else {
                threadID = nil
                return
            }
            // "400: The thread_id is invalid in some way. For example: it is not a string; it is empty; it is provided for an incompatible
            // receipt type."
            guard let text = thread.string, !text.isEmpty else { throw .invalidParam("'thread_id' must be a non-empty string.") }
            guard text == "main" || EventID(text) != nil else { throw .invalidParam("'thread_id' must be 'main' or an event ID.") }
            guard type != .fullyRead else { throw .invalidParam("'thread_id' does not go with m.fully_read.") }
            threadID = text
        }
    }
}

/// What a receipt says.
public enum ReceiptType: String, TextDecodable {
    case read = "m.read"
    case privateRead = "m.read.private"
    case fullyRead = "m.fully_read"

    public init?(text: String) { self.init(rawValue: text) }
}
