import Database
import MatrixModel
import Storage

/// The outbox as the sender uses it: who has something to get, and what.
struct Outbox: Sendable {
    let database: Database
    let serverName: ServerName
    /// Entries read at once.
    static let page = 500

    /// Events in canonical form, and the position of the last entry looked at.
    struct Page: Sendable {
        var pdus: [[UInt8]]
        var through: Position
    }

    /// Where the sender stood, and the destinations that it knew, each with the last position it acknowledged.
    ///
    /// The row of this server itself holds how far entries were handed to destinations.
    func start() async throws -> (cursor: Position, destinations: [ServerName: Position]) {
        let own = serverName
        return try await database.write { transaction in
            let store = DestinationStore(transaction)
            try store.ensure(own, acknowledged: 0)
            var rows = Dictionary(try store.destinations().map { ($0.server, $0.acknowledged) }, uniquingKeysWith: { first, _ in first })
            return (rows.removeValue(forKey: own) ?? 0, rows)
        }
    }

    /// The destinations of the entries after a position, and the position up to which that is all; nil where there are none.
    func destinations(after cursor: Position) async throws -> (destinations: [ServerName], through: Position)? {
        let own = serverName
        return try await database.read { transaction in
            let entries = try OutboxStore(transaction).entries(after: cursor, limit: Outbox.page)
            guard let last = entries.last else { return nil }
            var servers: Set<ServerName> = []
            for room in Set(entries.map(\.room)) { servers.formUnion(try MembershipStore(transaction).servers(room: room).map(\.server)) }
            for entry in entries { servers.formUnion(entry.furtherServers) }
            servers.remove(own)
            return (servers.sorted(), last.position)
        }
    }

    /// Notes destinations that are new, from whose first event on entries are to be delivered, and how far entries were handed out.
    func note(_ new: [ServerName], after cursor: Position, handedOutThrough position: Position) async throws {
        let own = serverName
        try await database.write { transaction in
            let store = DestinationStore(transaction)
            for server in new { try store.ensure(server, acknowledged: cursor) }
            try store.acknowledge(own, through: position)
        }
    }

    /// The next events for a destination, oldest first, and up to where these are all that it gets; `through` bounds them to what an
    /// earlier try had.
    func page(for destination: ServerName, after position: Position, through: Position = .max, limit: Int) async throws -> Page {
        try await database.read { transaction in
            let events = EventStore(transaction)
            var page = Page(pdus: [], through: position)
            for entry in try OutboxStore(transaction).entries(for: destination, after: position, limit: limit) where entry.position <= through {
                page.through = entry.position
                // A membership that the destination itself sent goes to the others alone.
                guard let stored = try events.event(number: entry.event), stored.event.sender.server != destination else { continue }
                page.pdus.append(Array(stored.event.json.rawBytes))
            }
            return page
        }
    }

    func acknowledge(_ destination: ServerName, through position: Position) async throws {
        try await database.write { try DestinationStore($0).acknowledge(destination, through: position) }
    }

    /// Notes a failure for the operator; `now` in milliseconds since the epoch.
    func fail(_ destination: ServerName, now: Int, retryInterval: Int) async throws {
        try await database.write { try DestinationStore($0).fail(destination, at: now, retryInterval: retryInterval) }
    }

    /// Moves destinations that have everything up to `cursor`, then removes the entries that nobody waits for.
    func prune(idle: [ServerName], cursor: Position) async throws {
        let own = serverName
        try await database.write { transaction in
            let store = DestinationStore(transaction)
            for server in idle { try store.acknowledge(server, through: cursor) }
            try store.acknowledge(own, through: cursor)
            guard let least = try store.leastAcknowledged(), least > 0 else { return }
            try OutboxStore(transaction).prune(through: least)
        }
    }
}
