/// An error as an API answers it: HTTP status, error code and text (client-server API, "Standard error response").
public struct MatrixError: Error, Hashable, Sendable {
    /// The HTTP status, 4xx or 5xx.
    public var status: Int
    /// The error code, such as `M_FORBIDDEN`.
    public var code: ErrorCode
    /// A sentence for a person.
    public var message: String
    /// Further members of the body, such as `retry_after_ms`, `soft_logout`, or a UIA session's `flows`.
    public var extra: [String: JSONValue]
    /// Leaves `errcode` and `error` out of the body: the first answer of user-interactive authentication.
    public var omitsCode: Bool

    public init(_ status: Int, _ code: ErrorCode, _ message: String, extra: [String: JSONValue] = [:], omitsCode: Bool = false) {
        self.status = status
        self.code = code
        self.message = message
        self.extra = extra
        self.omitsCode = omitsCode
    }

    public static func forbidden(_ message: String) -> MatrixError { MatrixError(403, .forbidden, message) }
    public static func notFound(_ message: String) -> MatrixError { MatrixError(404, .notFound, message) }
    public static func badJSON(_ message: String) -> MatrixError { MatrixError(400, .badJSON, message) }
    public static func notJSON(_ message: String) -> MatrixError { MatrixError(400, .notJSON, message) }
    public static func missingParam(_ name: String) -> MatrixError { MatrixError(400, .missingParam, "Missing '\(name)'.") }
    public static func invalidParam(_ message: String) -> MatrixError { MatrixError(400, .invalidParam, message) }
    public static func unrecognized(_ message: String = "Unrecognised request.") -> MatrixError { MatrixError(404, .unrecognized, message) }
    public static func internalError(_ message: String = "Internal server error.") -> MatrixError { MatrixError(500, .unknown, message) }

    /// The body's members.
    public var body: JSONValue {
        var members = extra
        if !omitsCode {
            members["errcode"] = .string(code.rawValue)
            members["error"] = .string(message)
        }
        return .object(members)
    }
}

/// An error code; `errcode` of the standard error response.
public struct ErrorCode: RawRepresentable, Hashable, Sendable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    private init(_ rawValue: String) { self.rawValue = rawValue }

    public static let forbidden = ErrorCode("M_FORBIDDEN")
    public static let unknownToken = ErrorCode("M_UNKNOWN_TOKEN")
    public static let missingToken = ErrorCode("M_MISSING_TOKEN")
    public static let userLocked = ErrorCode("M_USER_LOCKED")
    public static let userSuspended = ErrorCode("M_USER_SUSPENDED")
    public static let badJSON = ErrorCode("M_BAD_JSON")
    public static let notJSON = ErrorCode("M_NOT_JSON")
    public static let notFound = ErrorCode("M_NOT_FOUND")
    public static let limitExceeded = ErrorCode("M_LIMIT_EXCEEDED")
    public static let unrecognized = ErrorCode("M_UNRECOGNIZED")
    public static let unknown = ErrorCode("M_UNKNOWN")
    public static let unauthorized = ErrorCode("M_UNAUTHORIZED")
    public static let userDeactivated = ErrorCode("M_USER_DEACTIVATED")
    public static let userInUse = ErrorCode("M_USER_IN_USE")
    public static let invalidUsername = ErrorCode("M_INVALID_USERNAME")
    public static let roomInUse = ErrorCode("M_ROOM_IN_USE")
    public static let invalidRoomState = ErrorCode("M_INVALID_ROOM_STATE")
    public static let unsupportedRoomVersion = ErrorCode("M_UNSUPPORTED_ROOM_VERSION")
    public static let incompatibleRoomVersion = ErrorCode("M_INCOMPATIBLE_ROOM_VERSION")
    public static let badState = ErrorCode("M_BAD_STATE")
    public static let guestAccessForbidden = ErrorCode("M_GUEST_ACCESS_FORBIDDEN")
    public static let missingParam = ErrorCode("M_MISSING_PARAM")
    public static let invalidParam = ErrorCode("M_INVALID_PARAM")
    public static let tooLarge = ErrorCode("M_TOO_LARGE")
    public static let exclusive = ErrorCode("M_EXCLUSIVE")
    public static let resourceLimitExceeded = ErrorCode("M_RESOURCE_LIMIT_EXCEEDED")
    public static let cannotLeaveServerNoticeRoom = ErrorCode("M_CANNOT_LEAVE_SERVER_NOTICE_ROOM")
    public static let weakPassword = ErrorCode("M_WEAK_PASSWORD")
    public static let unableToAuthoriseJoin = ErrorCode("M_UNABLE_TO_AUTHORISE_JOIN")
    public static let unableToGrantJoin = ErrorCode("M_UNABLE_TO_GRANT_JOIN")
    public static let badAlias = ErrorCode("M_BAD_ALIAS")
    public static let wrongRoomKeysVersion = ErrorCode("M_WRONG_ROOM_KEYS_VERSION")
    public static let duplicateAnnotation = ErrorCode("M_DUPLICATE_ANNOTATION")
    public static let unableToObtainState = ErrorCode("M_UNABLE_TO_OBTAIN_STATE")
}
