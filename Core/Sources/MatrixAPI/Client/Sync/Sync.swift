public import MatrixModel

/// Gives what has happened since a token, or waits for it (client-server API, "Syncing").
public enum Sync: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = FragmentResponse
    public static let route = Route.clientV3(.get, "/sync", limit: .none, allowsGuests: true)

    /// A filter, by value or by name.
    public enum FilterReference: Sendable {
        case everything
        case inline(SyncFilter)
        case stored(String)
    }

    public struct Request: EndpointRequest {
        public let since: String?
        public let filter: FilterReference
        public let fullState: Bool
        public let timeoutMilliseconds: Int
        public let setPresence: String?
        /// Which form of the state is asked for (MSC4222 and its stable successor).
        public let stateForm: StateForm

        public init(_ input: RequestInput) throws(MatrixError) {
            since = try input.query("since", as: String.self).flatMap { $0.isEmpty ? nil : $0 }
            filter = try Request.filter(try input.query("filter"))
            fullState = try input.query("full_state") ?? false
            timeoutMilliseconds = max(0, try input.query("timeout") ?? 0)
            setPresence = try input.query("set_presence")
            if try input.query("use_state_after") ?? false {
                stateForm = .after
            } else if try input.query("org.matrix.msc4222.use_state_after") ?? false {
                stateForm = .unstableAfter
            } else {
                stateForm = .before
            }
        }

        private static func filter(_ text: String?) throws(MatrixError) -> FilterReference {
            guard let text, !text.isEmpty else { return .everything }
            // "The server will detect whether it is an ID or a JSON object by whether the first character is a "{" open brace."
            guard text.utf8.first == UInt8(ascii: "{") else { return .stored(text) }
            guard let json = try? JSON.parse(text) else { throw .invalidParam("The filter is not valid JSON.") }
            return .inline(try SyncFilter(json))
        }
    }

    /// Whether the state of a room is that before or after its timeline.
    public enum StateForm: Sendable {
        case before, after, unstableAfter

        /// The member of a room that carries it.
        public var member: String {
            switch self {
            case .before: "state"
            case .after: "state_after"
            case .unstableAfter: "org.matrix.msc4222.state_after"
            }
        }
    }
}
