public import MatrixModel

/// Lists a room for the network of an application service, or takes it out (client-server API, "Application service room directories").
public enum SetNetworkDirectoryVisibility: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = EmptyResponse
    public static let route = Route.clientV3(.put, "/directory/list/appservice/{networkId}/{roomId}", limit: .directory)

    public struct Request: EndpointRequest {
        /// The network, as the application service names it.
        public let network: String
        public let roomID: RoomID
        public let visibility: DirectoryVisibility

        public init(_ input: RequestInput) throws(MatrixError) {
            network = try input.path("networkId")
            roomID = try input.path("roomId")
            visibility = try input.bodyObject().required("visibility")
            guard !network.isEmpty, network.utf8.count <= 255 else { throw .invalidParam("The network's name must have 1 to 255 bytes.") }
        }
    }
}
