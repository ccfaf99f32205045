public import MatrixModel

/// Reports a room to the administrators (client-server API, "Reporting Content").
public enum ReportRoom: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = EmptyResponse
    public static let route = Route.clientV3(.post, "/rooms/{roomId}/report", limit: .report)

    public struct Request: EndpointRequest {
        public let roomID: RoomID
        /// May be empty.
        public let reason: String

        public init(_ input: RequestInput) throws(MatrixError) {
            roomID = try input.path("roomId")
            reason = try input.bodyObject().required("reason")
        }
    }
}
