public import MatrixModel

/// Replaces a room by one of another version (client-server API, "Room Upgrades").
public enum UpgradeRoom: Endpoint {
    public typealias Caller = UserCaller
    public static let route = Route.clientV3(.post, "/rooms/{roomId}/upgrade", limit: .roomCreation)

    public struct Request: EndpointRequest {
        public let roomID: RoomID
        public let newVersion: String
        public let additionalCreators: [UserID]

        public init(_ input: RequestInput) throws(MatrixError) {
            let body = try input.bodyObject()
            roomID = try input.path("roomId")
            newVersion = try body.required("new_version")
            additionalCreators = try body.optional("additional_creators") ?? []
        }
    }

    public struct Response: EndpointResponse {
        public let replacement: RoomID
        public init(replacement: RoomID) { self.replacement = replacement }
        public var payload: Payload { .json(["replacement_room": .string(replacement.description)]) }
    }
}
