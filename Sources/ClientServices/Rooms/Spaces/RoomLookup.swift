import Database
import MatrixModel
import Storage

/// Finds out what a room is: from this server's own state where it is in the room, else from other servers.
struct RoomLookup: Sendable {
    let context: RoomServiceContext
    let summaries: SummaryCache
    let remote: RemoteSpaces

    /// How a room stands to somebody.
    enum Standing: Sendable {
        /// It is one of this server's, and may be told.
        case visible(RoomSummary)
        /// It is one of this server's, and may not be told.
        case hidden
        /// This server is not in the room; servers that might be, besides those named elsewhere.
        case elsewhere([ServerName])
    }

    /// How rooms stand to a person, or to anybody, as far as this server knows by itself.
    func standings(of rooms: [RoomID], for user: UserID?) async throws -> [RoomID: Standing] {
        let summaries = summaries
        let own = context.serverName
        return try await context.database.read { transaction in
            var standings: [RoomID: Standing] = [:]
            for room in rooms {
                guard let row = try RoomStore(transaction).room(room), row.isParticipating else {
                    standings[room] = .elsewhere(try RoomLookup.inviters(to: room, user, transaction).filter { $0 != own })
                    continue
                }
                let summary = try summaries.summary(row, transaction)
                standings[room] = try RoomAdmission(transaction: transaction).admits(user, to: summary) ? .visible(summary) : .hidden
            }
            return standings
        }
    }

    /// The server in the room's name, and that of who invited the person.
    private static func inviters(to room: RoomID, _ user: UserID?, _ transaction: Transaction) throws -> [ServerName] {
        var servers: [ServerName] = []
        if let user, let row = try RoomStore(transaction).room(room),
            let membership = try MembershipStore(transaction).membership(of: user, room: row.number), membership.membership == .invite
        {
            servers.append(membership.sender.server)
        }
        if let server = room.server, !servers.contains(server) { servers.append(server) }
        return servers
    }

    /// Whether a person, or anybody, may be told of a room of another server.
    func admits(_ user: UserID?, to summary: RoomSummary) async throws -> Bool {
        try await context.database.read { try RoomAdmission(transaction: $0).admits(user, to: summary) }
    }
}
