import Database
import HashTreeCollections
import MatrixModel
import RoomGraph
import Storage

/// One room of this process: holds its context and decides about one event at a time.
///
/// A decision is made on the newest context and put in the writer's queue in the same turn; the context moves on at once, so that many
/// decisions share one transaction. Whoever asked is answered when the commit is durable. A commit that fails takes those behind it along,
/// and the context is read anew.
actor Room {
    nonisolated let id: RoomID
    let dependencies: Dependencies
    private var context: RoomContext?
    private var turn = Turn()
    private var states = GenerationalCache<StateReference, StateMap>(limit: Limits.cachedStates)
    private var transactions = GenerationalCache<ClientTransactionKey, EventID>(limit: 512)

    init(id: RoomID, dependencies: Dependencies) {
        self.id = id
        self.dependencies = dependencies
    }

    // MARK: Turns and context

    /// Runs one decision while no other is made.
    func deciding<Value: Sendable>(_ body: (isolated Room) async throws -> Value) async throws -> Value {
        if !turn.takeIfFree() { await withCheckedContinuation { turn.wait($0) } }
        defer { turn.end() }
        return try await body(self)
    }

    /// The context, read where it is not in memory; nil for a room that is not known here.
    func loaded() async throws -> RoomContext? {
        if let context { return context }
        let roomID = id
        // Through the writer's queue: commits of this room that wait there come first.
        let read = try await dependencies.database.write { try RoomContext.read(roomID, $0) }
        guard var read else { return nil }
        read.keepLocal(dependencies.serverName)
        if context == nil { context = read }
        return context
    }

    /// The context of a room that this server takes part in; else 404.
    func participating() async throws -> RoomContext {
        guard let context = try await loaded(), context.isParticipating else {
            throw MatrixError.notFound("This server is not in the room \(id).")
        }
        return context
    }

    /// Forgets the context after a commit failed.
    func invalidate() {
        context = nil
    }

    // MARK: Commits

    /// Puts a decision in the writer's queue and moves the context on; the change is announced when it is durable.
    func submit(_ commit: RoomCommit, next: RoomContext, further: Set<UserID>) -> PendingWrite<CommitReceipt> {
        var next = next
        var commit = commit
        if next.isParticipating, next.localMembers.isEmpty, !next.serverMembers.isEmpty {
            // The last member of this server is gone: from here on other servers tell no more of the room.
            next.isParticipating = false
            commit.isParticipating = false
        }
        next.revision += 1
        context = next
        let decided = commit
        let feed = dependencies.feed
        let members = next.localMembers
        let roomID = id
        return dependencies.database.submit({ try Journal($0).commit(decided) }) { receipt in
            let positions = Dictionary(receipt.positions.map { ($0.event, $0.position) }, uniquingKeysWith: { first, _ in first })
            let events = (decided.events + decided.promoted.map(\.event)).compactMap { new -> StoredEvent? in
                guard let position = positions[new.number], !new.flags.contains(.rejected) else { return nil }
                return StoredEvent(
                    number: new.number, event: new.event, room: decided.room, position: position,
                    ordering: TimelineOrder.ordering(of: position), slot: new.slot, flags: new.flags, before: new.before, after: new.after,
                    redaction: nil)
            }
            feed.publish(
                Change(
                    position: receipt.head,
                    kind: .events(
                        RoomChange(
                            room: decided.room, roomID: roomID, events: events, members: members, further: further,
                            stateChanges: decided.currentStateChanges, hasOutbox: decided.events.contains { $0.outbox != nil },
                            clientTransaction: decided.clientTransaction))))
        }
    }

    /// Waits for a commit; one that failed makes the room read its context anew.
    func settle(_ pending: PendingWrite<CommitReceipt>) async throws -> CommitReceipt {
        do { return try await pending.value } catch {
            invalidate()
            throw error
        }
    }

    // MARK: State

    /// A state of this room, read where it is not in memory.
    func state(at reference: StateReference) async throws -> StateMap {
        if let context, context.currentReference == reference { return context.current }
        if let state = states.value(for: reference) { return state }
        let state = try await dependencies.database.read { try StateStore($0).state(at: reference) }
        states.insert(state, for: reference)
        return state
    }

    /// Keeps a state in memory that was just made.
    func remember(_ state: StateMap, at reference: StateReference) {
        states.insert(state, for: reference)
    }

    /// The events of a state at those slots.
    func events(at keys: [StateKey], in state: StateMap) async throws -> [StateKey: Event] {
        try await dependencies.slots.load(keys)
        var wanted: [(StateKey, Int64)] = []
        for key in keys {
            if let slot = dependencies.slots.known(key), let number = state[slot] { wanted.append((key, number)) }
        }
        let events = try await dependencies.events.load(wanted.map(\.1))
        var found: [StateKey: Event] = [:]
        for (key, number) in wanted { found[key] = events[number] }
        return found
    }

    // MARK: Client transactions

    /// The event that an earlier request with the same transaction made.
    func earlierEvent(_ transaction: ClientTransactionKey?) async throws -> EventID? {
        guard let transaction else { return nil }
        if let known = transactions.value(for: transaction) {
            // The earlier request may still wait for its commit: an empty write behind it makes sure.
            let durable = try await dependencies.database.write { try ClientTransactionStore($0).event(for: transaction) }
            if durable == known { return known }
            transactions.remove(transaction)
            return durable
        }
        return nil
    }

    func rememberTransaction(_ transaction: ClientTransactionKey?, event: EventID) {
        if let transaction { transactions.insert(event, for: transaction) }
    }
}

extension RoomContext {
    /// The context as the database has it.
    static func read(_ id: RoomID, _ transaction: Transaction) throws -> RoomContext? {
        guard let room = try RoomStore(transaction).room(id) else { return nil }
        let events = EventStore(transaction)
        let state = StateStore(transaction)
        var extremities: [Extremity] = []
        var branches: [Int64: Branch] = [:]
        for number in try events.extremities(room: room.number) {
            guard let stored = try events.event(number: number), let after = stored.after else {
                throw StorageError.corrupt("extremity \(number) has no state")
            }
            extremities.append(Extremity(number: number, id: stored.event.id, depth: stored.event.depth, after: after))
            if let branch = try state.branch(after.branch) { branches[after.branch] = Branch(head: branch.head, depth: branch.depth) }
        }
        if let current = room.current, let branch = try state.branch(current.branch) {
            branches[current.branch] = Branch(head: branch.head, depth: branch.depth)
        }
        let members = MembershipStore(transaction)
        let servers = try members.servers(room: room.number)
        return RoomContext(
            number: room.number, id: id, rules: room.version.rules, revision: room.revision, extremities: extremities,
            current: try state.currentState(room: room.number), currentReference: room.current, branches: branches,
            localMembers: Set(try members.members(room: room.number, .join).map(\.user)),
            serverMembers: Dictionary(servers.map { ($0.server, $0.members) }, uniquingKeysWith: { first, _ in first }),
            isParticipating: room.isParticipating)
    }

    /// Keeps the users of this server alone among the local members.
    mutating func keepLocal(_ server: ServerName) {
        localMembers = localMembers.filter { $0.server == server }
    }
}
