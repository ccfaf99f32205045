public import MatrixModel

/// What a suspended person may still do (client-server API, "Account suspension").
extension Route {
    /// Whether a suspended account may call: all that reads, and the writes that are listed here; every other write is refused.
    public var allowsSuspendedUsers: Bool { method == .get || Suspension.admitted.contains(path) }
}

extension MatrixError {
    /// The answer to a suspended person who may not do this.
    public static let userSuspended = MatrixError(403, .userSuspended, "You cannot perform this action while suspended.")
}

/// The writes that stay open to suspended accounts. Where a call does more than one thing, its service looks closer: a redaction must be
/// of an event of one's own.
enum Suspension {
    static let admitted: Set<String> = Set(
        sessions + encryption + departures + ownData + questions)

    /// Logging in and out, passwords, devices, contacts, the account's end.
    private static let sessions = [
        "/_matrix/client/v3/login", "/_matrix/client/v1/login/get_token", "/_matrix/client/v3/refresh", "/_matrix/client/v3/logout",
        "/_matrix/client/v3/logout/all", "/_matrix/client/v3/account/password", "/_matrix/client/v3/account/deactivate",
        "/_matrix/client/v3/account/password/email/requestToken", "/_matrix/client/v3/account/password/msisdn/requestToken",
        "/_matrix/client/v3/account/3pid/add", "/_matrix/client/v3/account/3pid/email/requestToken",
        "/_matrix/client/v3/account/3pid/msisdn/requestToken",
        "/_matrix/client/v3/devices/{deviceId}", "/_matrix/client/v3/delete_devices",
    ]

    /// Verifying devices, cross-signing, backups.
    private static let encryption = [
        "/_matrix/client/v3/keys/upload", "/_matrix/client/v3/keys/query", "/_matrix/client/v3/keys/claim",
        "/_matrix/client/v3/keys/device_signing/upload", "/_matrix/client/v3/keys/signatures/upload",
        "/_matrix/client/v3/sendToDevice/{eventType}/{txnId}", "/_matrix/client/v3/room_keys/version",
        "/_matrix/client/v3/room_keys/version/{version}", "/_matrix/client/v3/room_keys/keys", "/_matrix/client/v3/room_keys/keys/{roomId}",
        "/_matrix/client/v3/room_keys/keys/{roomId}/{sessionId}", "/_matrix/client/unstable/org.matrix.msc3814.v1/dehydrated_device",
        "/_matrix/client/unstable/org.matrix.msc3814.v1/dehydrated_device/{deviceId}/events",
    ]

    /// Leaving rooms, refusing invites, taking back what one said.
    private static let departures = [
        "/_matrix/client/v3/rooms/{roomId}/leave", "/_matrix/client/v3/rooms/{roomId}/forget",
        "/_matrix/client/v3/rooms/{roomId}/redact/{eventId}/{txnId}",
    ]

    /// What belongs to the person alone.
    private static let ownData = [
        "/_matrix/client/v3/user/{userId}/account_data/{type}", "/_matrix/client/v3/user/{userId}/rooms/{roomId}/account_data/{type}",
        "/_matrix/client/v3/user/{userId}/rooms/{roomId}/tags/{tag}", "/_matrix/client/v3/user/{userId}/filter",
        "/_matrix/client/v3/pushrules/global/{kind}/{ruleId}", "/_matrix/client/v3/pushrules/global/{kind}/{ruleId}/enabled",
        "/_matrix/client/v3/pushrules/global/{kind}/{ruleId}/actions", "/_matrix/client/v3/pushers/set",
        "/_matrix/client/v3/rooms/{roomId}/receipt/{receiptType}/{eventId}", "/_matrix/client/v3/rooms/{roomId}/read_markers",
    ]

    /// Reads whose question is a body, and calls for help.
    private static let questions = [
        "/_matrix/client/v4/sync", "/_matrix/client/unstable/org.matrix.simplified_msc3575/sync", "/_matrix/client/v3/publicRooms",
        "/_matrix/client/v3/search", "/_matrix/client/v3/user_directory/search", "/_matrix/client/v3/rooms/{roomId}/report",
        "/_matrix/client/v3/rooms/{roomId}/report/{eventId}", "/_matrix/client/v3/users/{userId}/report",
    ]
}
