public import MatrixModel

/// Sends messages to devices (client-server API, "Send-to-Device messaging").
public enum SendToDevice: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = EmptyResponse
    public static let route = Route.keys(.put, "/sendToDevice/{eventType}/{txnId}", allowsGuests: true)

    public struct Request: EndpointRequest {
        public let type: String
        public let transactionID: String
        public let messages: DeviceMessages
        /// Longest type and transaction ID, in bytes.
        static let maximumNameBytes = 255

        public init(_ input: RequestInput) throws(MatrixError) {
            type = try input.path("eventType")
            transactionID = try input.path("txnId")
            guard type.utf8.count <= Request.maximumNameBytes, transactionID.utf8.count <= Request.maximumNameBytes else {
                throw .invalidParam("A type and a transaction ID have at most \(Request.maximumNameBytes) bytes.")
            }
            messages = try DeviceMessages(try input.bodyObject())
        }
    }
}

/// Message contents for devices of users, in order; the device `*` stands for all.
public struct DeviceMessages: Sendable {
    public let users: [(user: UserID, devices: [(device: String, content: JSON)])]

    /// Reads `messages`; names that are no user IDs are nobody's. 400 where a content is no object.
    public init(_ body: JSON) throws(MatrixError) {
        let object: JSON = try body.required("messages")
        var users: [(user: UserID, devices: [(device: String, content: JSON)])] = []
        for (name, devices) in try object.table("messages", of: JSON.self) {
            guard let user = UserID(name) else { continue }
            var messages: [(device: String, content: JSON)] = []
            for (device, content) in try devices.table(name, of: JSON.self) {
                guard content.isObject else { throw .badJSON("A message must be an object.") }
                messages.append((device, content))
            }
            users.append((user, messages))
        }
        self.users = users
    }
}
