import Database
import MatrixAPI
import MatrixModel
import RoomServer
import Storage

/// Profiles (client-server API, "Profiles").
struct ProfileService: Sendable {
    let rooms: RoomServer
    let memberships: OwnMemberships
    let remoteProfile: RemoteProfile

    var routes: RouteTable {
        var table = RouteTable()
        table.on(GetProfile.self) { _, request in JSONResponse(try await profile(of: request.user)) }
        table.on(GetProfileField.self) { _, request in
            guard let value = try await field(request.key, of: request.user) else {
                throw MatrixError.notFound("The profile has no such field.")
            }
            return JSONResponse(.object([request.key: value]))
        }
        table.on(SetProfileField.self) { caller, request in
            try check(caller, request.user, request.key)
            let field = try ProfileField(key: request.key, value: request.value)
            return try await change(field.key, to: field.value, of: caller.user)
        }
        table.on(DeleteProfileField.self) { caller, request in
            try check(caller, request.user, request.key)
            try ProfileField.check(request.key)
            return try await change(request.key, to: nil, of: caller.user)
        }
        return table
    }

    private func profile(of user: UserID) async throws -> JSONValue {
        guard user.server == rooms.serverName else { return try await remoteProfile.look(user, nil) }
        let fields = try await rooms.database.read { transaction in
            try AccountStore(transaction).exists(user) ? try ProfileStore(transaction).fields(of: user) : nil
        }
        guard let fields else { throw MatrixError.notFound("There is no such user.") }
        return .object(Dictionary(uniqueKeysWithValues: fields.map { ($0.name, $0.value.value) }))
    }

    private func field(_ key: String, of user: UserID) async throws -> JSONValue? {
        guard user.server == rooms.serverName else { return try await remoteProfile.look(user, key)[key] }
        return try await rooms.database.read { try ProfileStore($0).value(of: key, user: user)?.value }
    }

    private func check(_ caller: UserCaller, _ user: UserID, _ key: String) throws(MatrixError) {
        guard caller.user == user else { throw .forbidden("Another user's profile cannot be changed.") }
        // "Guest users may only modify their display name; other profile fields may not be changed."
        guard !caller.isGuest || key == ProfileField.displayName else {
            throw MatrixError(403, .guestAccessForbidden, "Guests may only change their display name.")
        }
    }

    private func change(_ key: String, to value: JSONValue?, of user: UserID) async throws -> EmptyResponse {
        // "displayname" and "avatar_url" are in the member events of the user's rooms too.
        let isAnnounced = key == ProfileField.displayName || key == ProfileField.avatarURL
        let hasChanged = try await rooms.database.write { transaction in
            let profiles = ProfileStore(transaction)
            guard try profiles.value(of: key, user: user)?.value != value else { return false }
            if let value {
                try profiles.set(key, to: JSON(value), user: user)
                guard try profiles.size(of: user) <= AccountLimits.profileBytes else {
                    throw MatrixError(400, .profileTooLarge, "A profile has at most \(AccountLimits.profileBytes) bytes.")
                }
            } else {
                _ = try profiles.remove(key, user: user)
            }
            if isAnnounced { try MembershipErrandStore(transaction).add(.announce, of: user) }
            return true
        }
        if hasChanged, isAnnounced { try await memberships.attend(to: user) }
        return EmptyResponse()
    }
}
