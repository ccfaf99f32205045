public import MatrixModel

/// Stores keys in a backup: of all rooms, of one, or one.
public enum PutBackupKeys: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = KeyBackupChangeResponse
    public static let route = Route.keys(.put, "/room_keys/keys")

    public struct Request: EndpointRequest {
        public let version: String
        public let keys: [BackupKeyUpload]

        public init(_ input: RequestInput) throws(MatrixError) {
            version = try input.requiredQuery("version")
            let rooms: JSON = try input.bodyObject().required("rooms")
            var keys: [BackupKeyUpload] = []
            for (room, backup) in try rooms.table("rooms", of: JSON.self) { keys += try BackupKeyUpload.sessions(of: room, backup) }
            self.keys = keys
        }
    }
}

/// Stores keys of one room in a backup.
public enum PutRoomBackupKeys: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = KeyBackupChangeResponse
    public static let route = Route.keys(.put, "/room_keys/keys/{roomId}")

    public struct Request: EndpointRequest {
        public let version: String
        public let keys: [BackupKeyUpload]

        public init(_ input: RequestInput) throws(MatrixError) {
            version = try input.requiredQuery("version")
            keys = try BackupKeyUpload.sessions(of: try input.path("roomId"), try input.bodyObject())
        }
    }
}

/// Stores one key in a backup.
public enum PutSessionBackupKey: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = KeyBackupChangeResponse
    public static let route = Route.keys(.put, "/room_keys/keys/{roomId}/{sessionId}")

    public struct Request: EndpointRequest {
        public let version: String
        public let key: BackupKeyUpload

        public init(_ input: RequestInput) throws(MatrixError) {
            version = try input.requiredQuery("version")
            key = try BackupKeyUpload(room: try input.path("roomId"), session: try input.path("sessionId"), try input.bodyObject())
        }
    }
}

/// Reads all keys of a backup.
public enum GetBackupKeys: Endpoint {
    public typealias Caller = UserCaller
    public typealias Request = BackupKeysRequest
    public typealias Response = FragmentResponse
    public static let route = Route.keys(.get, "/room_keys/keys")
}

/// Reads a room's keys of a backup.
public enum GetRoomBackupKeys: Endpoint {
    public typealias Caller = UserCaller
    public typealias Request = RoomBackupKeysRequest
    public typealias Response = FragmentResponse
    public static let route = Route.keys(.get, "/room_keys/keys/{roomId}")
}

/// Reads one key of a backup.
public enum GetSessionBackupKey: Endpoint {
    public typealias Caller = UserCaller
    public typealias Request = SessionBackupKeyRequest
    public typealias Response = FragmentResponse
    public static let route = Route.keys(.get, "/room_keys/keys/{roomId}/{sessionId}")
}

/// Deletes all keys of a backup.
public enum DeleteBackupKeys: Endpoint {
    public typealias Caller = UserCaller
    public typealias Request = BackupKeysRequest
    public typealias Response = KeyBackupChangeResponse
    public static let route = Route.keys(.delete, "/room_keys/keys")
}

/// Deletes a room's keys of a backup.
public enum DeleteRoomBackupKeys: Endpoint {
    public typealias Caller = UserCaller
    public typealias Request = RoomBackupKeysRequest
    public typealias Response = KeyBackupChangeResponse
    public static let route = Route.keys(.delete, "/room_keys/keys/{roomId}")
}

/// Deletes one key of a backup.
public enum DeleteSessionBackupKey: Endpoint {
    public typealias Caller = UserCaller
    public typealias Request = SessionBackupKeyRequest
    public typealias Response = KeyBackupChangeResponse
    public static let route = Route.keys(.delete, "/room_keys/keys/{roomId}/{sessionId}")
}

/// Which backup's keys.
public struct BackupKeysRequest: EndpointRequest {
    public let version: String
    public init(_ input: RequestInput) throws(MatrixError) { version = try input.requiredQuery("version") }
}

/// Which room's keys of which backup.
public struct RoomBackupKeysRequest: EndpointRequest {
    public let version: String
    public let room: String

    public init(_ input: RequestInput) throws(MatrixError) {
        version = try input.requiredQuery("version")
        room = try input.path("roomId")
    }
}

/// Which key of which backup.
public struct SessionBackupKeyRequest: EndpointRequest {
    public let version: String
    public let room: String
    public let session: String

    public init(_ input: RequestInput) throws(MatrixError) {
        version = try input.requiredQuery("version")
        room = try input.path("roomId")
        session = try input.path("sessionId")
    }
}

/// One key on its way into a backup.
public struct BackupKeyUpload: Sendable {
    public let room: String
    public let session: String
    public let firstMessageIndex: Int
    public let forwardedCount: Int
    public let isVerified: Bool
    /// Algorithm-dependent data, an object.
    public let sessionData: JSON
    /// Longest room and session ID, in bytes.
    static let maximumNameBytes = 255

    init(room: String, session: String, _ data: JSON) throws(MatrixError) {
        guard room.utf8.count <= BackupKeyUpload.maximumNameBytes, session.utf8.count <= BackupKeyUpload.maximumNameBytes else {
            throw .invalidParam("A room ID and a session ID have at most \(BackupKeyUpload.maximumNameBytes) bytes.")
        }
        self.room = room
        self.session = session
        firstMessageIndex = try data.required("first_message_index")
        forwardedCount = try data.required("forwarded_count")
        isVerified = try data.required("is_verified")
        sessionData = try data.required("session_data")
        guard sessionData.isObject, firstMessageIndex >= 0, forwardedCount >= 0 else { throw .badJSON("The key's data is malformed.") }
    }

    static func sessions(of room: String, _ backup: JSON) throws(MatrixError) -> [BackupKeyUpload] {
        var keys: [BackupKeyUpload] = []
        let sessions: JSON = try backup.required("sessions")
        for (session, data) in try sessions.table("sessions", of: JSON.self) {
            keys.append(try BackupKeyUpload(room: room, session: session, data))
        }
        return keys
    }
}

/// How a backup stands after a change.
public struct KeyBackupChangeResponse: EndpointResponse {
    public let etag: String
    public let count: Int

    public init(etag: String, count: Int) {
        self.etag = etag
        self.count = count
    }

    public var payload: Payload { .json(["etag": .string(etag), "count": .integer(count)]) }
}
