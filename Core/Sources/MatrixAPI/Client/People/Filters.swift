public import MatrixModel

/// Keeps a filter for later use (client-server API, "Filtering").
public enum DefineFilter: Endpoint {
    public typealias Caller = UserCaller
    public static let route = Route(
        .post, "/_matrix/client/v3/user/{userId}/filter", aliases: ["/_matrix/client/r0/user/{userId}/filter"], limit: .accountData,
        allowsGuests: true)

    public struct Request: EndpointRequest {
        public let user: UserID
        public let filter: JSON

        public init(_ input: RequestInput) throws(MatrixError) {
            user = try input.path("userId")
            filter = try input.bodyObject()
        }
    }

    public struct Response: EndpointResponse {
        public let filterID: String
        public init(filterID: String) { self.filterID = filterID }
        public var payload: Payload { .json(["filter_id": .string(filterID)]) }
    }
}

/// Reads a kept filter.
public enum GetFilter: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = FragmentResponse
    public static let route = Route(
        .get, "/_matrix/client/v3/user/{userId}/filter/{filterId}", aliases: ["/_matrix/client/r0/user/{userId}/filter/{filterId}"],
        limit: .read, allowsGuests: true)

    public struct Request: EndpointRequest {
        public let user: UserID
        public let filterID: String

        public init(_ input: RequestInput) throws(MatrixError) {
            user = try input.path("userId")
            filterID = try input.path("filterId")
        }
    }
}
