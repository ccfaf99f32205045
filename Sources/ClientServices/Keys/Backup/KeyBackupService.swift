import Database
import MatrixAPI
import MatrixModel
import Storage

/// Keeps encrypted copies of people's room keys (client-server API, "Server-side key backups").
struct KeyBackupService: Sendable {
    let context: KeyContext

    func bind(to table: inout RouteTable) {
        bindVersions(&table)
        table.on(PutBackupKeys.self) { caller, request in try await put(request.keys, request.version, caller.user) }
        table.on(PutRoomBackupKeys.self) { caller, request in try await put(request.keys, request.version, caller.user) }
        table.on(PutSessionBackupKey.self) { caller, request in try await put([request.key], request.version, caller.user) }
        table.on(GetBackupKeys.self) { caller, request in
            let keys = try await keys(.all, request.version, caller.user)
            return FragmentResponse(.object([("rooms", BackupKey.rooms(keys))]))
        }
        table.on(GetRoomBackupKeys.self) { caller, request in
            let keys = try await keys(.room(request.room), request.version, caller.user)
            return FragmentResponse(.object([("sessions", BackupKey.sessions(keys))]))
        }
        table.on(GetSessionBackupKey.self) { caller, request in
            let keys = try await keys(.session(room: request.room, session: request.session), request.version, caller.user)
            guard let key = keys.first else { throw MatrixError.notFound("There is no such key in the backup.") }
            return FragmentResponse(key.fragment)
        }
        table.on(DeleteBackupKeys.self) { caller, request in try await delete(.all, request.version, caller.user) }
        table.on(DeleteRoomBackupKeys.self) { caller, request in try await delete(.room(request.room), request.version, caller.user) }
        table.on(DeleteSessionBackupKey.self) { caller, request in
            try await delete(.session(room: request.room, session: request.session), request.version, caller.user)
        }
    }

    // MARK: Versions

    private func bindVersions(_ table: inout RouteTable) {
        table.on(CreateKeyBackup.self) { caller, request in
            try check(request.authData)
            let version = try await context.database.write {
                try KeyBackupStore($0, user: caller.user).create(algorithm: request.algorithm, authData: request.authData)
            }
            return CreateKeyBackup.Response(version: "\(version)")
        }
        table.on(GetNewestKeyBackup.self) { caller, _ in
            guard let backup = try await context.database.read({ try KeyBackupStore($0, user: caller.user).newest() }) else {
                throw MatrixError.notFound("There is no backup.")
            }
            return KeyBackupResponse(backup)
        }
        table.on(GetKeyBackup.self) { caller, request in
            try await context.database.read { KeyBackupResponse(try Self.backup(request.version, KeyBackupStore($0, user: caller.user))) }
        }
        table.on(UpdateKeyBackup.self) { caller, request in
            try check(request.authData)
            try await context.database.write { transaction in
                let store = KeyBackupStore(transaction, user: caller.user)
                let backup = try Self.backup(request.version, store)
                guard request.algorithm == backup.algorithm else { throw MatrixError.invalidParam("The algorithm does not match.") }
                guard request.statedVersion ?? request.version == request.version else {
                    throw MatrixError.invalidParam("The versions in path and body do not match.")
                }
                try store.setAuthData(request.authData, version: backup.version)
            }
            return EmptyResponse()
        }
        table.on(DeleteKeyBackup.self) { caller, request in
            try await context.database.write { transaction in
                let store = KeyBackupStore(transaction, user: caller.user)
                // "If the backup was previously deleted, the call should succeed rather than returning an error."
                guard let number = Int(request.version), let backup = try store.backup(number) else { throw Self.unknownVersion }
                if !backup.isDeleted { try store.delete(number) }
            }
            return EmptyResponse()
        }
    }

    private static let unknownVersion = MatrixError.notFound("There is no backup of this version.")

    private static func backup(_ version: String, _ store: KeyBackupStore) throws -> KeyBackup {
        guard let number = Int(version), let backup = try store.backup(number), !backup.isDeleted else { throw unknownVersion }
        return backup
    }

    private func check(_ authData: JSON) throws(MatrixError) {
        guard authData.rawBytes.count <= KeyLimits.backupDataBytes else {
            throw MatrixError(400, .tooLarge, "'auth_data' has at most \(KeyLimits.backupDataBytes) bytes.")
        }
    }

    // MARK: Keys

    private func put(_ uploads: [BackupKeyUpload], _ version: String, _ user: UserID) async throws -> KeyBackupChangeResponse {
        guard uploads.count <= KeyLimits.backupKeys, uploads.allSatisfy({ $0.sessionData.rawBytes.count <= KeyLimits.backupDataBytes }) else {
            throw MatrixError(400, .tooLarge, "At most \(KeyLimits.backupKeys) keys of \(KeyLimits.backupDataBytes) bytes at once.")
        }
        let keys = uploads.map(BackupKey.init)
        return try await context.database.write { transaction in
            let store = KeyBackupStore(transaction, user: user)
            guard let newest = try store.newest() else { throw MatrixError.notFound("There is no backup.") }
            guard version == "\(newest.version)" else {
                throw MatrixError(
                    403, .wrongRoomKeysVersion, "This is not the current backup.", extra: ["current_version": .string("\(newest.version)")])
            }
            try store.put(keys, version: newest.version)
            return KeyBackupChangeResponse(try Self.backup(version, store))
        }
    }

    private func keys(_ scope: BackupScope, _ version: String, _ user: UserID) async throws -> [BackupKey] {
        try await context.database.read { transaction in
            let store = KeyBackupStore(transaction, user: user)
            return try store.keys(scope, version: try Self.backup(version, store).version)
        }
    }

    private func delete(_ scope: BackupScope, _ version: String, _ user: UserID) async throws -> KeyBackupChangeResponse {
        try await context.database.write { transaction in
            let store = KeyBackupStore(transaction, user: user)
            try store.deleteKeys(scope, version: try Self.backup(version, store).version)
            return KeyBackupChangeResponse(try Self.backup(version, store))
        }
    }
}

extension KeyBackupResponse {
    init(_ backup: KeyBackup) {
        self.init(
            version: "\(backup.version)", algorithm: backup.algorithm, authData: backup.authData, count: backup.count, etag: "\(backup.etag)")
    }
}

extension KeyBackupChangeResponse {
    init(_ backup: KeyBackup) { self.init(etag: "\(backup.etag)", count: backup.count) }
}

extension BackupKey {
    init(_ upload: BackupKeyUpload) {
        self.init(
            room: upload.room, session: upload.session, firstMessageIndex: upload.firstMessageIndex, forwardedCount: upload.forwardedCount,
            isVerified: upload.isVerified, data: upload.sessionData.lenientBytes())
    }

    var fragment: JSONFragment {
        .object([
            ("first_message_index", .integer(firstMessageIndex)), ("forwarded_count", .integer(forwardedCount)),
            ("is_verified", .bool(isVerified)), ("session_data", .encoded(data)),
        ])
    }

    /// Keys of one room, by session.
    static func sessions(_ keys: some Sequence<BackupKey>) -> JSONFragment { .object(keys.map { ($0.session, $0.fragment) }) }

    /// Keys by room; those of a room follow each other.
    static func rooms(_ keys: [BackupKey]) -> JSONFragment {
        var rooms: [(String, JSONFragment)] = []
        var rest = keys[...]
        while let first = rest.first {
            let room = rest.prefix { $0.room == first.room }
            rest = rest.dropFirst(room.count)
            rooms.append((first.room, .object([("sessions", sessions(room))])))
        }
        return .object(rooms)
    }
}
