public import MatrixModel

/// Reads all push rules of the caller (client-server API, "Push Rules: API").
public enum GetPushRules: Endpoint {
    public typealias Caller = UserCaller
    public typealias Request = EmptyRequest
    /// `{"global": {…}}`.
    public typealias Response = JSONResponse
    public static let route = Route(
        .get, "/_matrix/client/v3/pushrules/", aliases: ["/_matrix/client/r0/pushrules/"], limit: .read, allowsGuests: true)
}

/// Reads the caller's one ruleset.
public enum GetGlobalPushRules: Endpoint {
    public typealias Caller = UserCaller
    public typealias Request = EmptyRequest
    public typealias Response = JSONResponse
    public static let route = Route(
        .get, "/_matrix/client/v3/pushrules/global/", aliases: ["/_matrix/client/r0/pushrules/global/"], limit: .read, allowsGuests: true)
}

/// The kinds of push rule, in the order they are checked.
public enum PushRuleKind: String, CaseIterable, TextDecodable {
    case override, content, room, sender, underride
    public init?(text: String) { self.init(rawValue: text) }
}

/// Names one push rule.
public struct PushRuleRequest: EndpointRequest {
    public let kind: PushRuleKind
    public let ruleID: String

    public init(_ input: RequestInput) throws(MatrixError) {
        kind = try input.path("kind")
        ruleID = try input.path("ruleId")
    }
}

/// Reads one push rule.
public enum GetPushRule: Endpoint {
    public typealias Caller = UserCaller
    public typealias Request = PushRuleRequest
    public typealias Response = JSONResponse
    public static let route = Route(
        .get, "/_matrix/client/v3/pushrules/global/{kind}/{ruleId}", aliases: ["/_matrix/client/r0/pushrules/global/{kind}/{ruleId}"],
        limit: .read, allowsGuests: true)
}

/// Removes a push rule of the caller's own.
public enum DeletePushRule: Endpoint {
    public typealias Caller = UserCaller
    public typealias Request = PushRuleRequest
    public typealias Response = EmptyResponse
    public static let route = Route(
        .delete, "/_matrix/client/v3/pushrules/global/{kind}/{ruleId}", aliases: ["/_matrix/client/r0/pushrules/global/{kind}/{ruleId}"],
        limit: .accountData)
}

/// Adds or changes a push rule of the caller's own.
public enum SetPushRule: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = EmptyResponse
    public static let route = Route(
        .put, "/_matrix/client/v3/pushrules/global/{kind}/{ruleId}", aliases: ["/_matrix/client/r0/pushrules/global/{kind}/{ruleId}"],
        limit: .accountData)

    public struct Request: EndpointRequest {
        public let kind: PushRuleKind
        public let ruleID: String
        public let actions: [JSONValue]
        /// Of `override` and `underride` rules.
        public let conditions: [JSONValue]?
        /// Of `content` rules.
        public let pattern: String?
        /// The rule that the new one comes right before, or right after.
        public let before: String?
        public let after: String?

        public init(_ input: RequestInput) throws(MatrixError) {
            kind = try input.path("kind")
            ruleID = try input.path("ruleId")
            let body = try input.bodyObject()
            actions = try body.required("actions")
            conditions = try body.optional("conditions")
            pattern = try body.optional("pattern")
            before = try input.query("before")
            after = try input.query("after")
        }
    }
}

/// Tells whether a push rule is on.
public enum GetPushRuleEnabled: Endpoint {
    public typealias Caller = UserCaller
    public typealias Request = PushRuleRequest
    public typealias Response = JSONResponse
    public static let route = Route(
        .get, "/_matrix/client/v3/pushrules/global/{kind}/{ruleId}/enabled",
        aliases: ["/_matrix/client/r0/pushrules/global/{kind}/{ruleId}/enabled"], limit: .read, allowsGuests: true)
}

/// Turns a push rule on or off.
public enum SetPushRuleEnabled: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = EmptyResponse
    public static let route = Route(
        .put, "/_matrix/client/v3/pushrules/global/{kind}/{ruleId}/enabled",
        aliases: ["/_matrix/client/r0/pushrules/global/{kind}/{ruleId}/enabled"], limit: .accountData)

    public struct Request: EndpointRequest {
        public let kind: PushRuleKind
        public let ruleID: String
        public let isEnabled: Bool

        public init(_ input: RequestInput) throws(MatrixError) {
            kind = try input.path("kind")
            ruleID = try input.path("ruleId")
            isEnabled = try input.bodyObject().required("enabled")
        }
    }
}

/// Reads what a push rule does.
public enum GetPushRuleActions: Endpoint {
    public typealias Caller = UserCaller
    public typealias Request = PushRuleRequest
    public typealias Response = JSONResponse
    public static let route = Route(
        .get, "/_matrix/client/v3/pushrules/global/{kind}/{ruleId}/actions",
        aliases: ["/_matrix/client/r0/pushrules/global/{kind}/{ruleId}/actions"], limit: .read, allowsGuests: true)
}

/// Changes what a push rule does.
public enum SetPushRuleActions: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = EmptyResponse
    public static let route = Route(
        .put, "/_matrix/client/v3/pushrules/global/{kind}/{ruleId}/actions",
        aliases: ["/_matrix/client/r0/pushrules/global/{kind}/{ruleId}/actions"], limit: .accountData)

    public struct Request: EndpointRequest {
        public let kind: PushRuleKind
        public let ruleID: String
        public let actions: [JSONValue]

        public init(_ input: RequestInput) throws(MatrixError) {
            kind = try input.path("kind")
            ruleID = try input.path("ruleId")
            actions = try input.bodyObject().required("actions")
        }
    }
}
