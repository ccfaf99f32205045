import Database
public import HashTreeCollections
public import MatrixModel
public import RoomGraph
public import Storage

/// A room as it stands: a value, for decisions outside the room server such as who may see or call what.
public struct RoomSnapshot: Sendable {
    /// The room's number.
    public let number: Int64
    public let id: RoomID
    public let rules: RoomVersionRules
    /// Whether this server takes part in the room; where not, its state is what it was when the last member left.
    public let isParticipating: Bool
    /// The current state, slot number to event number.
    public let state: StateMap
    /// Joined users of this server.
    public let localMembers: UserSet
    /// Joined members by server.
    public let serverMembers: [ServerName: Int]
    /// Identifiers and depths of the forward extremities.
    public let extremities: [(id: EventID, depth: Int)]

    /// The number of joined members.
    public var joinedCount: Int { serverMembers.values.reduce(0, +) }
    /// Servers with joined members, by name.
    public var servers: [ServerName] { serverMembers.keys.sorted() }
}

extension RoomServer {
    /// The room as it stands; nil where it is not known here.
    public func snapshot(of id: RoomID) async throws -> RoomSnapshot? {
        guard let context = try await room(id).loaded() else { return nil }
        return RoomSnapshot(
            number: context.number, id: id, rules: context.rules, isParticipating: context.isParticipating, state: context.current,
            localMembers: context.localMembers, serverMembers: context.serverMembers,
            extremities: context.extremities.map { ($0.id, $0.depth) })
    }

    /// The current state's event at a slot.
    public func stateEvent(_ key: StateKey, in room: RoomID) async throws -> Event? {
        try await stateEvents([key], in: room)[key]
    }

    /// The current state's events at some slots.
    public func stateEvents(_ keys: [StateKey], in id: RoomID) async throws -> [StateKey: Event] {
        let room = room(id)
        guard let context = try await room.loaded() else { return [:] }
        return try await room.events(at: keys, in: context.current)
    }

    /// A user's membership in the current state, or out of band; nil where there is none.
    public func membership(of user: UserID, in room: RoomID) async throws -> Membership? {
        try await database.read { transaction in
            guard let row = try RoomStore(transaction).room(room) else { return nil }
            return try MembershipStore(transaction).membership(of: user, room: row.number)?.membership
        }
    }

    /// Every event of a state, by slot number.
    public func events(of state: StateMap) async throws -> [Event] {
        let numbers = state.keys.sorted().compactMap { state[$0] }
        let found = try await dependencies.events.load(numbers)
        return numbers.compactMap { found[$0] }
    }

    /// Events by number.
    public func events(numbers: [Int64]) async throws -> [Int64: Event] {
        try await dependencies.events.load(numbers)
    }

    /// The slots of those numbers.
    public func slots(_ numbers: [Int64]) async throws -> [Int64: StateKey] {
        try await dependencies.slots.loadKeys(numbers)
        var keys: [Int64: StateKey] = [:]
        for number in numbers { keys[number] = dependencies.slots.knownKey(number) }
        return keys
    }

    /// The number of a slot; nil where no event ever used it.
    public func slotNumber(_ key: StateKey) async throws -> Int64? {
        try await dependencies.slots.load([key])
        return dependencies.slots.known(key)
    }

    /// The power levels of the current state.
    public func powerLevels(in room: RoomID) async throws -> PowerLevels? {
        guard let snapshot = try await snapshot(of: room) else { return nil }
        return PowerLevels(state: StateEvents(try await stateEvents([.create, .powerLevels], in: room)), rules: snapshot.rules)
    }
}
