import Database
import MatrixAPI
import MatrixModel
import RoomGraph
import RoomServer
import Storage

/// Aliases of this server (client-server API, "Room aliases").
struct AliasService: Sendable {
    let context: RoomServiceContext

    func bind(to table: inout RouteTable) {
        table.on(SetRoomAlias.self) { caller, request in
            try await set(caller, request.alias, to: request.roomID)
            return EmptyResponse()
        }
        table.on(GetRoomAlias.self) { _, request in
            let found = try await context.resolve(request.alias)
            return GetRoomAlias.Response(roomID: found.room, servers: found.servers)
        }
        table.on(DeleteRoomAlias.self) { caller, request in
            try await delete(caller, request.alias)
            return EmptyResponse()
        }
        table.on(GetLocalAliases.self) { caller, request in
            GetLocalAliases.Response(
                aliases: try await context.read(caller.user) { reader in
                    let access = try reader.access(to: request.roomID)
                    // "The user must be a member of the room, or the room must be world readable."
                    guard access.isJoined || access.isWorldReadable else { throw RoomReader.notMember }
                    return try AliasStore(reader.transaction).aliases(of: request.roomID)
                })
        }
    }

    private func set(_ caller: UserCaller, _ alias: RoomAlias, to room: RoomID) async throws {
        guard alias.server == context.serverName else { throw MatrixError.invalidParam("Aliases can be made on \(context.serverName) alone.") }
        let localpart = alias.description.dropFirst().prefix { $0 != ":" }
        guard !localpart.isEmpty, !localpart.unicodeScalars.contains(where: \.properties.isWhitespace) else {
            throw MatrixError.invalidParam("'\(alias)' is not a valid room alias.")
        }
        let now = context.environment.nowMilliseconds()
        let isNew = try await context.database.write { transaction in
            guard try RoomStore(transaction).room(room) != nil else { throw MatrixError.notFound("The room \(room) is not known here.") }
            return try AliasStore(transaction).create(alias, room: room, creator: caller.user, at: now)
        }
        guard isNew else { throw MatrixError(409, .unknown, "The alias \(alias) exists already.") }
    }

    private func delete(_ caller: UserCaller, _ alias: RoomAlias) async throws {
        let room = try await context.read(caller.user) { reader -> RoomID in
            guard let found = try AliasStore(reader.transaction).find(alias) else { throw MatrixError.notFound("The alias \(alias) does not exist.") }
            guard try found.creator == caller.user || caller.isAdmin || reader.mayManageAliases(of: found.room) else {
                throw MatrixError.forbidden("You may not remove this alias.")
            }
            return found.room
        }
        _ = try await context.database.write { try AliasStore($0).delete(alias) }
        try await withdraw(alias, from: room, by: caller.user)
    }

    /// Takes a removed alias out of the room's canonical aliases, where the person has the power; else others may.
    private func withdraw(_ alias: RoomAlias, from room: RoomID, by user: UserID) async throws {
        let current = try await context.read(user) { reader -> JSONValue? in
            guard let row = try RoomStore(reader.transaction).room(room), try reader.mayManageAliases(of: room) else { return nil }
            return try reader.currentEvent(.canonicalAlias, room: row.number)?.event.content.value
        }
        guard var content = current else { return }
        let before = content
        if content["alias"]?.string == alias.description { content["alias"] = nil }
        if let others = content["alt_aliases"]?.array {
            let kept = others.filter { $0.string != alias.description }
            content["alt_aliases"] = kept.isEmpty ? nil : .array(kept)
        }
        guard content != before else { return }
        do {
            _ = try await context.rooms.append(
                NewEvent(type: "m.room.canonical_alias", stateKey: "", sender: user, content: content), to: room)
        } catch is MatrixError {
            // The alias is gone; that the room still names it is for its members to see to.
        }
    }
}

extension RoomReader {
    /// Whether the person is in the room and has the power to set its canonical alias.
    func mayManageAliases(of id: RoomID) throws -> Bool {
        guard let room = try RoomStore(transaction).room(id), try memberships.membership(of: user, room: room.number)?.membership == .join else {
            return false
        }
        let levels = try powerLevels(of: room)
        return levels.level(of: user) >= levels.required(for: "m.room.canonical_alias", isState: true)
    }

    /// The power levels of the room's present state.
    func powerLevels(of room: RoomRow) throws -> PowerLevels {
        var state = StateEvents()
        for key in [StateKey.create, .powerLevels] { state.events[key] = try currentEvent(key, room: room.number)?.event }
        return PowerLevels(state: state, rules: room.version.rules)
    }
}
