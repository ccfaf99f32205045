import Database
import MatrixAPI
import MatrixModel
import RoomGraph
import RoomServer
import Storage

/// Replaces rooms by ones of another version (client-server API, "Room Upgrades").
struct UpgradeService: Sendable {
    let context: RoomServiceContext
    let creation: CreationService

    func bind(to table: inout RouteTable) {
        table.on(UpgradeRoom.self) { caller, request in UpgradeRoom.Response(replacement: try await upgrade(caller, request)) }
    }

    private func upgrade(_ caller: UserCaller, _ request: UpgradeRoom.Request) async throws -> RoomID {
        let version = try creation.version(request.newVersion)
        let user = caller.user
        let old = try await context.read(user) { try UpgradePlan.read(request.roomID, $0) }
        let creatorProfile = try await context.profile(of: user)
        let successor = try await creation.make(
            old.successor(of: request.roomID, version, creator: user, additionalCreators: request.additionalCreators, profile: creatorProfile))

        let now = context.environment.nowMilliseconds()
        try await context.database.write { transaction in
            // "Moves any local aliases to the new room."
            try AliasStore(transaction).move(from: request.roomID, to: successor)
            let directory = PublicRoomStore(transaction)
            if try directory.isPublished(request.roomID) {
                try directory.unpublish(request.roomID)
                try directory.publish(successor, at: now)
            }
        }
        try await send(
            "m.room.tombstone", ["body": "This room has been replaced", "replacement_room": .string(successor.description)],
            to: request.roomID, by: user)
        if let alias = old.state[.canonicalAlias] {
            await attempt("m.room.canonical_alias", [:], to: request.roomID, by: user)
            await attempt("m.room.canonical_alias", alias, to: successor, by: user)
        }
        // "If possible, the power levels in the old room should also be modified to prevent sending of events and inviting new users."
        await attempt("m.room.power_levels", old.closedPowerLevels, to: request.roomID, by: user)
        if let levels = old.restoredPowerLevels(version, creator: user) { await attempt("m.room.power_levels", levels, to: successor, by: user) }
        return successor
    }

    private func send(_ type: String, _ content: JSONValue, to room: RoomID, by user: UserID) async throws {
        _ = try await context.rooms.append(NewEvent(type: type, stateKey: "", sender: user, content: content), to: room)
    }

    /// Sends what is good to have and may be refused.
    private func attempt(_ type: String, _ content: JSONValue, to room: RoomID, by user: UserID) async {
        do { try await send(type, content, to: room, by: user) } catch {
            // The upgrade stands without it: the tombstone was sent.
        }
    }
}
