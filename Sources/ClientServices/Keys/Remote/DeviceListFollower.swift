import Database
import Logging
import MatrixModel
import RoomServer
public import ServiceLifecycle
import Storage

/// Sees that the servers in a room that somebody of this server joins learn of their devices.
///
/// It reads the journal with its own cursor; doing a stretch twice changes nothing.
public struct DeviceListFollower: Service {
    let context: KeyContext
    let logger: Logger
    private static let cursor = "device lists"

    /// Runs until cancelled.
    public func run() async throws {
        let hints = context.feed.hints()
        try await cancelWhenGracefulShutdown {
            var written = try await context.database.read { try CursorStore($0).position(of: Self.cursor) }
            var position = try await follow(from: written)
            for await _ in hints {
                do {
                    position = try await follow(from: position)
                    guard position > written + Position(KeyLimits.followedPositions) else { continue }
                    let reached = position
                    try await context.database.write { try CursorStore($0).move(Self.cursor, to: reached) }
                    written = reached
                } catch {
                    logger.error("new members' devices could not be announced", metadata: ["error": "\(error)"])
                }
            }
        }
    }

    /// Looks at what happened after a position, and gives how far it came.
    func follow(from start: Position) async throws -> Position {
        var position = start
        while !Task.isCancelled {
            let own = context.serverName
            if let changes = context.feed.changes(after: position) {
                guard let last = changes.last else { return position }
                let members = changes.flatMap { change -> [JoinedMember] in
                    guard case .events(let room) = change.kind else { return [] }
                    return room.events.compactMap { JoinedMember($0, of: own) }
                }
                if !members.isEmpty { try await introduce(members) }
                return last.position
            }
            let after = position
            let (members, through) = try await context.database.read { transaction -> ([JoinedMember], Position) in
                let through = min(try Positions.head(transaction), after + Position(KeyLimits.followedEvents))
                let changed = try DeviceListOutbox(transaction).changedMembers(of: own, after: after, through: through)
                return (changed.map { JoinedMember(user: $0.user, room: $0.room) }, through)
            }
            if !members.isEmpty { try await introduce(members) }
            guard through > position else { return position }
            position = through
        }
        return position
    }

    private func introduce(_ members: [JoinedMember]) async throws {
        let (feed, wake) = (context.feed, context.remote.wake)
        for member in members {
            try await context.database.write { transaction -> (servers: [ServerName], position: Position)? in
                // Who has left again needs nothing.
                guard try MembershipStore(transaction).membership(of: member.user, room: member.room)?.membership == .join else { return nil }
                return try DeviceListOutbox(transaction).introduce(member.user, to: member.room)
            } whenDurable: { introduced in
                guard let introduced else { return }
                feed.publish(Change(position: introduced.position, kind: .users([])))
                wake(introduced.servers)
            }
        }
    }
}

/// A user of this server who joined a room.
private struct JoinedMember {
    let user: UserID
    let room: Int64

    init(user: UserID, room: Int64) {
        self.user = user
        self.room = room
    }

    init?(_ stored: StoredEvent, of server: ServerName) {
        guard stored.event.type == "m.room.member", stored.event.membership == .join,
            let user = stored.event.stateKey.flatMap({ UserID($0) }), user.server == server
        else { return nil }
        self.user = user
        room = stored.room
    }
}
