public import MatrixModel

/// Finds people by name (client-server API, "User Directory").
public enum SearchUserDirectory: Endpoint {
    public typealias Caller = UserCaller
    public static let route = Route(
        .post, "/_matrix/client/v3/user_directory/search", aliases: ["/_matrix/client/r0/user_directory/search"], limit: .search)

    public struct Request: EndpointRequest {
        public let term: String
        public let limit: Int

        public init(_ input: RequestInput) throws(MatrixError) {
            let body = try input.bodyObject()
            term = try body.required("search_term")
            limit = try body.optional("limit") ?? 10
            guard limit > 0 else { throw .invalidParam("'limit' must be positive.") }
        }
    }

    public struct Response: EndpointResponse {
        /// One person found.
        public struct Person: Hashable, Sendable {
            public let user: UserID
            public let displayName: String?
            public let avatarURL: String?

            public init(user: UserID, displayName: String?, avatarURL: String?) {
                self.user = user
                self.displayName = displayName
                self.avatarURL = avatarURL
            }
        }

        public let people: [Person]
        /// Whether there were more than asked for.
        public let isLimited: Bool

        public init(people: [Person], isLimited: Bool) {
            self.people = people
            self.isLimited = isLimited
        }

        public var payload: Payload {
            let results = people.map { person -> JSONValue in
                var members: JSONValue = ["user_id": .string(person.user.description)]
                members["display_name"] = person.displayName.map(JSONValue.string)
                members["avatar_url"] = person.avatarURL.map(JSONValue.string)
                return members
            }
            return .json(["results": .array(results), "limited": .bool(isLimited)])
        }
    }
}
