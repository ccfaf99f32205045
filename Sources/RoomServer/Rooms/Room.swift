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
    /// Counts failures: what was decided before one counts no more.
    private var generation = 0
    private var memory = RoomMemory()
    private var lastWrite: PendingWrite<CommitReceipt>?
    private var unavailable = GenerationalCache<EventID, Bool>(limit: Limits.recentEvents)

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
        while true {
            if let context { return context }
            let started = generation
            let roomID = id
            let server = dependencies.serverName
            // Through the writer's queue: commits of this room that wait there come first.
            guard var read = try await dependencies.database.write({ try RoomContext.read(roomID, server, $0) }) else { return nil }
            if context == nil, generation == started {
                read.generation = generation
                context = read
            }
        }
    }

    /// The context of a room that this server takes part in; else 404.
    func participating() async throws -> RoomContext {
        guard let context = try await loaded(), context.isParticipating else {
            throw MatrixError.notFound("This server is not in the room \(id).")
        }
        return context
    }

    /// Forgets everything that was decided and is not yet durable.
    private func invalidate() {
        generation += 1
        context = nil
        memory = RoomMemory()
    }

    // MARK: Commits

    /// Puts a decision in the writer's queue and moves the context on; the change is announced when it is durable.
    func submit(_ commit: RoomCommit, next: RoomContext, further: Set<UserID>) throws -> Submission {
        guard next.generation == generation else { throw StorageError.revisionConflict }
        var next = next
        var commit = commit
        if next.isParticipating, next.localMembers.isEmpty, !next.serverMembers.isEmpty {
            // The last member of this server is gone: from here on other servers tell no more of the room.
            next.isParticipating = false
            commit.isParticipating = false
        }
        next.revision += 1
        for made in next.made { memory.remember(made) }
        next.made = []
        for (inputs, result) in next.resolutions { memory.remember(resolutionOf: inputs, as: result) }
        next.resolutions = []
        for new in commit.events + commit.promoted.map(\.event) {
            dependencies.events.insert(new.event, number: new.number, isRejected: new.flags.contains(.rejected))
        }
        for (number, event) in next.redacted { dependencies.events.insert(event, number: number) }
        next.redacted = []
        next.pruneBranches()
        context = next
        memory.remember(commit)
        commit.decidedAt = dependencies.environment.nowMilliseconds()
        commit.markSticky()
        commit.newSlots = dependencies.slots.unsaved(
            among: commit.events.compactMap(\.slot) + commit.promoted.compactMap(\.event.slot)
                + commit.stateExtensions.flatMap { $0.changes.map(\.slot) })
        let write = write(commit, members: next.localMembers, further: further)
        lastWrite = write
        return Submission(
            write: write, generation: generation,
            events: commit.events.map(\.number) + commit.promoted.map(\.event.number) + commit.redactions.map(\.target))
    }

    private func write(_ commit: RoomCommit, members: UserSet, further: Set<UserID>) -> PendingWrite<CommitReceipt> {
        let feed = dependencies.feed
        let slots = dependencies.slots
        let roomID = id
        return dependencies.database.submit({ try Journal($0).commit(commit) }) { receipt in
            slots.saved(commit.newSlots)
            guard receipt.tookPosition else { return }
            let change = RoomChange(commit, receipt, roomID: roomID, members: members, further: further)
            feed.publish(Change(position: receipt.head, kind: .events(change)))
        }
    }

    /// Waits for a commit; one that failed makes the room read its context anew.
    func settle(_ submission: Submission) async throws -> CommitReceipt {
        do { return try await submission.write.value } catch {
            if submission.generation == generation { invalidate() }
            dependencies.events.forget(submission.events)
            throw error
        }
    }

    /// Waits until all that was decided so far is durable, so that the database shows it.
    func drain() async throws {
        guard let lastWrite else { return }
        do { _ = try await lastWrite.value } catch { throw StorageError.revisionConflict }
    }

    // MARK: State

    /// A state of this room, read where it is not in memory.
    func state(at reference: StateReference) async throws -> StateMap {
        if let context, context.currentReference == reference { return context.current }
        if let state = memory.state(at: reference) { return state }
        let started = generation
        let state = try await dependencies.database.read { try StateStore($0).state(at: reference) }
        if generation == started { memory.remember(state, at: reference) }
        return state
    }

    /// The slots in which two states may differ; nil where that is not in memory.
    func slotsBetween(_ first: StateReference, _ second: StateReference, _ context: RoomContext) -> Set<Int64>? {
        memory.slotsBetween(first, second, made: context.made)
    }

    /// The state that those states were resolved to before.
    func resolution(of references: Set<StateReference>) -> StateReference? {
        memory.resolution(of: references)
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

    // MARK: What is known of events

    /// What the database says of events, to be asked in `standing`.
    func prior(of events: [Event]) async throws -> Prior {
        var unknown: Set<EventID> = []
        for event in events {
            for id in [event.id] + event.prevEvents where memory.standing(of: id) == nil { unknown.insert(id) }
        }
        let asked = unknown.sorted()
        let ids = events.map(\.id)
        let room = context?.number
        return try await dependencies.database.read { transaction in
            let store = EventStore(transaction)
            var waiting: [EventID: [StoredEvent]] = [:]
            var namings: [EventID: Int64] = [:]
            for id in ids {
                if let room { namings[id] = try store.naming(id, room: room) }
                let redactions = try store.redactions(waitingFor: id)
                if !redactions.isEmpty { waiting[id] = redactions }
            }
            return Prior(standings: try store.find(asked), waiting: waiting, namings: namings)
        }
    }

    /// What is known of an event now, commits in flight included.
    func standing(of id: EventID, _ prior: Prior) -> EventStore.Standing? {
        if let known = memory.standing(of: id) { return known }
        if let known = prior.standings[id] { return known }
        guard let context, let entry = dependencies.events.entry(id), entry.event.roomID == self.id else { return nil }
        // Stored outside the graph a moment ago, maybe still on its way.
        return EventStore.Standing(
            number: entry.number, room: context.number, flags: entry.isRejected ? [.outlier, .rejected] : .outlier, before: nil, after: nil,
            position: nil)
    }

    /// An event in the graph that names an absent one as previous.
    func naming(_ id: EventID, _ prior: Prior) -> Int64? {
        memory.naming(id) ?? prior.namings[id]
    }

    /// Redactions that came before the event that they name.
    func redactions(waitingFor id: EventID, _ prior: Prior) -> [(number: Int64, event: Event, before: StateReference?)] {
        let stored = (prior.waiting[id] ?? []).map { ($0.number, $0.event, $0.before) }
        let recent = memory.redactions(waitingFor: id).filter { new in !stored.contains { $0.0 == new.number } }
        return stored + recent.map { ($0.number, $0.event, $0.before) }
    }

    /// Whether an event of the past was asked for in vain.
    func isUnavailable(_ id: EventID) -> Bool { unavailable.value(for: id) != nil }

    func noteUnavailable(_ id: EventID) { unavailable.insert(true, for: id) }

    // MARK: Client transactions

    /// Whether a request with the same transaction was decided.
    func isDecided(_ transaction: ClientTransactionKey?) -> Bool {
        guard let transaction else { return false }
        return memory.event(of: transaction) != nil
    }

    /// The event that an earlier request with the same transaction made.
    func earlierEvent(_ transaction: ClientTransactionKey?) async throws -> EventID? {
        guard let transaction, let known = memory.event(of: transaction) else { return nil }
        // The earlier request may still wait for its commit: an empty write behind it makes sure.
        let durable = try await dependencies.database.write { try ClientTransactionStore($0).event(for: transaction) }
        if durable != known { memory.forget(transaction) }
        return durable
    }
}

/// What the database said about some events before they were judged; the room's memory knows what happened since.
struct Prior: Sendable {
    let standings: [EventID: EventStore.Standing]
    let waiting: [EventID: [StoredEvent]]
    let namings: [EventID: Int64]
}

extension RoomContext {
    /// The context as the database has it.
    static func read(_ id: RoomID, _ server: ServerName, _ transaction: Transaction) throws -> RoomContext? {
        guard let room = try RoomStore(transaction).room(id) else { return nil }
        let events = EventStore(transaction)
        let state = StateStore(transaction)
        var extremities: [Extremity] = []
        var branches = TreeDictionary<Int64, Branch>()
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
            localMembers: UserSet(try SyncQueries(transaction).joinedUsers(room: room.number, of: server).filter { $0.server == server }),
            serverMembers: Dictionary(servers.map { ($0.server, $0.members) }, uniquingKeysWith: { first, _ in first }),
            isParticipating: room.isParticipating)
    }
}
