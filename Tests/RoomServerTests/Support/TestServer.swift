import Database
import HashTreeCollections
import Logging
import MatrixModel
import RoomGraph
import RoomServer
import Storage
import Testing

/// A server of the tests: real rooms on a real database.
struct TestServer: Sendable {
    let name: ServerName
    let key: SigningKey
    let database: Database
    let feed: CommitFeed
    let clock: ManualClock
    let rooms: RoomServer

    /// A server on a database in memory, or on `database`, which may hold rooms.
    init(
        _ name: String = "one.example", seed: UInt64 = 1, database existing: Database? = nil, clock: ManualClock = ManualClock(),
        remote: any RemoteEvents = NobodyElse()
    ) async throws {
        self.name = try #require(ServerName(name))
        key = SigningKey(seed: Array(name.utf8.prefix(16)) + Array(repeating: 7, count: 32 - min(16, name.utf8.count)), id: "ed25519:t")
        database = try existing ?? Database.memory()
        _ = try await Migrator(migrations: Schema.migrations).migrate(database)
        feed = CommitFeed(head: try await database.read { try Positions.head($0) })
        self.clock = clock
        var logger = Logger(label: "test")
        logger.logLevel = .error
        rooms = try await RoomServer(
            database: database, serverName: self.name, signingKey: key, remote: remote, feed: feed, environment: clock.environment(seed: seed),
            logger: logger)
    }

    func user(_ localpart: String) -> UserID {
        guard let user = UserID("@\(localpart):\(name)") else { preconditionFailure("a user of the tests does not parse") }
        return user
    }

    /// A room of `alice` with the usual first events.
    func makeRoom(_ version: RoomVersion = .v11, joinRule: String = "public", levels: JSONValue? = nil) async throws -> RoomID {
        let creator = user("alice")
        var power: JSONValue = levels ?? ["users": version.rules.creatorsHaveInfinitePower ? [:] : [creator.description: 100]]
        if power["users"] == nil, !version.rules.creatorsHaveInfinitePower { power["users"] = [creator.description: 100] }
        return try await rooms.create(
            RoomCreation(
                creator: creator, version: version, creationContent: [:], creatorProfile: ["displayname": "Alice"],
                events: [
                    .init(type: "m.room.power_levels", content: power),
                    .init(type: "m.room.join_rules", content: ["join_rule": .string(joinRule)]),
                    .init(type: "m.room.history_visibility", content: ["history_visibility": "shared"]),
                ]))
    }

    @discardableResult
    func say(_ text: String, as localpart: String = "alice", in room: RoomID, transaction: String? = nil) async throws -> CommittedEvent {
        let sender = user(localpart)
        let key = transaction.map { ClientTransactionKey(user: sender, device: "D", scope: "\(room)", id: $0) }
        return try await rooms.append(
            NewEvent(type: "m.room.message", sender: sender, content: ["body": .string(text)] as JSONValue, transaction: key), to: room)
    }

    @discardableResult
    func set(
        _ type: String, _ stateKey: String = "", _ content: JSONValue, as localpart: String = "alice", in room: RoomID
    ) async throws -> CommittedEvent {
        try await rooms.append(NewEvent(type: type, stateKey: stateKey, sender: user(localpart), content: content), to: room)
    }

    @discardableResult
    func member(
        _ target: UserID, _ membership: Membership, as localpart: String, in room: RoomID, extra: JSONValue = [:]
    ) async throws -> CommittedEvent {
        var content = extra
        content["membership"] = .string(membership.rawValue)
        return try await set("m.room.member", target.description, content, as: localpart, in: room)
    }

    @discardableResult
    func join(_ localpart: String, _ room: RoomID) async throws -> CommittedEvent {
        try await member(user(localpart), .join, as: localpart, in: room)
    }

    @discardableResult
    func redact(_ event: EventID, as localpart: String = "alice", in room: RoomID) async throws -> CommittedEvent {
        try await rooms.append(
            NewEvent(type: "m.room.redaction", sender: user(localpart), content: [:] as JSONValue, redacts: event), to: room)
    }

    // MARK: Looking

    /// The current state as event identifiers by slot.
    func state(of room: RoomID) async throws -> [StateKey: EventID] {
        let snapshot = try #require(try await rooms.snapshot(of: room))
        return try await named(snapshot.state)
    }

    /// A state as event identifiers by slot.
    func named(_ state: StateMap) async throws -> [StateKey: EventID] {
        var named: [StateKey: EventID] = [:]
        for event in try await rooms.events(of: state) { if let slot = event.slot { named[slot] = event.id } }
        return named
    }

    func event(_ id: EventID) async throws -> StoredEvent? {
        try await database.read { try EventStore($0).event(id) }
    }

    /// The state before an event as event identifiers by slot; nil where it is not known.
    func state(before id: EventID) async throws -> [StateKey: EventID]? {
        guard let reference = try await event(id)?.before else { return nil }
        return try await named(try await database.read { try StateStore($0).state(at: reference) })
    }

    /// What a client would be shown of the room, oldest first.
    func timeline(_ room: RoomID) async throws -> [Event] {
        let snapshot = try #require(try await rooms.snapshot(of: room))
        return try await database.read {
            try EventStore($0).timeline(room: snapshot.number, limit: 100_000, newestFirst: false).map(\.event)
        }
    }

    func bodies(_ room: RoomID) async throws -> [String] {
        try await timeline(room).compactMap { $0.content["body"]?.string }
    }

    func membership(_ user: UserID, _ room: RoomID) async throws -> Membership? {
        try await rooms.membership(of: user, in: room)
    }

    /// Holds what memory says of a room against what a fresh start reads, and the tables against each other.
    func checkConsistency(_ room: RoomID, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let snapshot = try #require(try await rooms.snapshot(of: room), sourceLocation: sourceLocation)
        let fresh = try await TestServer(name.description, seed: 99, database: database)
        let read = try #require(try await fresh.rooms.snapshot(of: room), sourceLocation: sourceLocation)
        #expect(snapshot.state == read.state, sourceLocation: sourceLocation)
        #expect(snapshot.localMembers == read.localMembers, sourceLocation: sourceLocation)
        #expect(snapshot.serverMembers == read.serverMembers, sourceLocation: sourceLocation)
        #expect(snapshot.extremities.map(\.id).sorted() == read.extremities.map(\.id).sorted(), sourceLocation: sourceLocation)
        #expect(snapshot.isParticipating == read.isParticipating, sourceLocation: sourceLocation)
        let (logged, rows) = try await database.read { transaction in
            let row = try RoomStore(transaction).room(room)
            let state = try row?.current.map { try StateStore(transaction).state(at: $0) }
            let members = MembershipStore(transaction)
            var rows: [UserID: Membership] = [:]
            for membership in Membership.allCases {
                for member in try members.members(room: snapshot.number, membership) { rows[member.user] = membership }
            }
            return (state, rows)
        }
        #expect(logged == snapshot.state, "the state log has another current state", sourceLocation: sourceLocation)
        var members: [UserID: Membership] = [:]
        var servers: [ServerName: Int] = [:]
        for event in try await rooms.events(of: snapshot.state) where event.type == "m.room.member" {
            guard let user = event.stateKey.flatMap({ UserID($0) }), let membership = event.membership else { continue }
            members[user] = membership
            if membership == .join { servers[user.server, default: 0] += 1 }
        }
        if snapshot.isParticipating {
            #expect(rows == members, sourceLocation: sourceLocation)
        }
        #expect(servers == snapshot.serverMembers, sourceLocation: sourceLocation)
    }
}

/// The other servers of a server that has none.
struct NobodyElse: RemoteEvents {
    func event(_ id: EventID, room: RoomID, rules: RoomVersionRules, from servers: [ServerName]) async throws -> VerifiedEvent {
        throw Unreachable()
    }
    func missingEvents(
        room: RoomID, rules: RoomVersionRules, latest: [EventID], earliest: [EventID], limit: Int, minimumDepth: Int, from server: ServerName
    ) async throws -> [VerifiedEvent] { throw Unreachable() }
    func stateIDs(room: RoomID, at event: EventID, from server: ServerName) async throws -> (state: [EventID], authChain: [EventID]) {
        throw Unreachable()
    }
    func state(
        room: RoomID, rules: RoomVersionRules, at event: EventID, from server: ServerName
    ) async throws -> (state: [VerifiedEvent], authChain: [VerifiedEvent]) { throw Unreachable() }
    func backfill(
        room: RoomID, rules: RoomVersionRules, from events: [EventID], limit: Int, servers: [ServerName]
    ) async throws -> [VerifiedEvent] { throw Unreachable() }
}

struct Unreachable: Error {}
