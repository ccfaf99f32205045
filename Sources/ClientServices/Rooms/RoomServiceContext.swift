import Database
import MatrixAPI
import MatrixModel
import RoomServer
import Storage

/// What the services of rooms share.
struct RoomServiceContext: Sendable {
    let rooms: RoomServer
    let remote: RemoteRooms
    let settings: RoomSettings
    let caches: ReadCaches
    let typing: TypingBoard
    let presence: PresenceBoard
    let circles: PresenceCircles

    var database: Database { rooms.database }
    var serverName: ServerName { rooms.serverName }
    var environment: Environment { rooms.environment }
    var feed: CommitFeed { rooms.feed }

    /// Reads for a person in one snapshot.
    func read<Value: Sendable>(_ user: UserID, _ body: @escaping @Sendable (RoomReader) throws -> Value) async throws -> Value {
        let caches = caches
        return try await database.read { try body(RoomReader(transaction: $0, caches: caches, user: user)) }
    }

    /// `displayname` and `avatar_url` of a local user, as they go into member events.
    func profile(of user: UserID) async throws -> JSONValue {
        guard user.server == serverName else { return [:] }
        return try await database.read { transaction in
            let basics = try ProfileStore(transaction).basics(of: user)
            var content: JSONValue = [:]
            if let name = basics.displayName { content["displayname"] = .string(name) }
            if let avatar = basics.avatarURL { content["avatar_url"] = .string(avatar) }
            return content
        }
    }

    /// The identifier and the servers of what a client names; 404 for an alias that nobody knows.
    func resolve(_ reference: RoomReference) async throws -> (room: RoomID, servers: [ServerName]) {
        switch reference {
        case .room(let room): return (room, room.server.map { [$0] } ?? [])
        case .alias(let alias): return try await resolve(alias)
        }
    }

    /// The room of an alias of this server or another.
    func resolve(_ alias: RoomAlias) async throws -> (room: RoomID, servers: [ServerName]) {
        guard alias.server == serverName else { return try await remote.resolve(alias) }
        let own = serverName
        let found = try await database.read { transaction -> (room: RoomID, servers: [ServerName])? in
            guard let room = try AliasStore(transaction).find(alias)?.room else { return nil }
            guard let row = try RoomStore(transaction).room(room) else { return (room, [own]) }
            let others = try MembershipStore(transaction).servers(room: row.number).map(\.server).filter { $0 != own }
            return (room, [own] + others)
        }
        guard let found else { throw MatrixError.notFound("The alias \(alias) does not exist.") }
        return found
    }

    /// Notes that a person does something, for their presence.
    func noteActivity(of caller: UserCaller) {
        presence.active(caller.user, device: RoomServiceContext.device(of: caller), at: environment.monotonicMilliseconds())
    }

    /// What stands for the caller's device in transaction scopes.
    static func device(of caller: UserCaller) -> String { caller.device ?? "token \(caller.tokenID)" }
}
