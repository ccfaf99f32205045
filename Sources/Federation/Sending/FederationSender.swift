public import Database
public import Logging
public import MatrixModel
public import RoomServer
public import ServiceLifecycle
import Storage
import Synchronization

/// Delivers this server's events and ephemeral messages to the others: in order for each destination, one transaction at a time, until
/// acknowledged. Where it stands is in the database; what was sent while a destination was down reaches it later.
public final class FederationSender: Service {
    /// What is under way for one destination. A lane exists while there is something to do for it.
    private struct Lane {
        var isServed = false
        /// Whether something came since the serving task last looked.
        var hasNews = true
        /// Everything up to here is delivered.
        var acknowledged: Position
        var messages: MessageQueue
        var transaction: OutboundTransaction?
        /// Most events of the next transaction: fewer after one that was refused.
        var batch: Int
        /// Ends a pause early.
        var alarm: AsyncStream<Void>.Continuation?
    }
    private struct State {
        var lanes: [ServerName: Lane] = [:]
        var known: Set<ServerName> = []
        /// Up to here entries were handed to their destinations' lanes.
        var cursor: Position = 0
        var handedOutSincePrune = 0
        /// Messages for destinations without a lane before `run` has read where they stand.
        var isStarted = false
    }
    /// Entries handed out between two prunings.
    private static let entriesPerPrune = 2_000

    private let outbox: Outbox
    private let feed: CommitFeed
    private let client: FederationClient
    private let health: PeerHealth
    private let limits: FederationLimits
    private let environment: Environment
    private let logger: Logger
    private let state = Mutex(State())
    private let permits: KeyedPermits<Int>
    private let work: AsyncStream<ServerName>
    private let workContinuation: AsyncStream<ServerName>.Continuation

    public init(
        database: Database, feed: CommitFeed, client: FederationClient, health: PeerHealth, limits: FederationLimits, environment: Environment,
        logger: Logger
    ) {
        outbox = Outbox(database: database, serverName: client.serverName)
        self.feed = feed
        self.client = client
        self.health = health
        self.limits = limits
        self.environment = environment
        self.logger = logger
        permits = KeyedPermits(limit: limits.destinationsAtOnce, maximumWaiting: .max)
        (work, workContinuation) = AsyncStream.makeStream()
    }

    /// Sends an ephemeral message to servers; it may be lost where a server is down for long.
    public func send(_ message: OutboundMessage, to servers: some Sequence<ServerName>) {
        for server in servers where server != client.serverName {
            if message.isFleeting, health.isFailing(server) { continue }
            wake(server) { $0.messages.add(message) }
        }
    }

    /// Tells that durable messages wait for servers.
    public func notify(_ servers: some Sequence<ServerName>) {
        for server in servers where server != client.serverName { wake(server) }
    }

    /// Runs until cancelled or asked to shut down.
    public func run() async throws {
        let hints = feed.hints()
        let recoveries = health.recoveries()
        try await cancelWhenGracefulShutdown {
            try await self.start()
            await withDiscardingTaskGroup { group in
                group.addTask { await self.handOut(hints) }
                group.addTask { for await server in recoveries { self.ring(server) } }
                for await destination in self.work { group.addTask { await self.serve(destination) } }
            }
        }
    }

    // MARK: Handing out

    private func start() async throws {
        let (cursor, destinations) = try await outbox.start()
        let further = try await outbox.destinationsOfDurable().subtracting(destinations.keys)
        state.withLock { state in
            state.cursor = cursor
            state.known = Set(destinations.keys)
            state.isStarted = true
            for (server, position) in destinations { state.lanes[server, default: lane(after: position)].acknowledged = position }
        }
        for server in further.union(destinations.keys).sorted() { wake(server) }
    }

    /// Gives new entries to the lanes of their destinations, now and with each hint of the journal.
    private func handOut(_ hints: AsyncStream<Position>) async {
        await handOutNew()
        for await _ in hints { await handOutNew() }
    }

    private func handOutNew() async {
        do {
            while !Task.isCancelled, let (destinations, through) = try await outbox.destinations(after: state.withLock { $0.cursor }) {
                let (cursor, new) = state.withLock { state in (state.cursor, destinations.filter { !state.known.contains($0) }) }
                // A new destination is durable before anything is handed to it; for those known, the cursor may lag behind.
                if !new.isEmpty { try await outbox.note(new, after: cursor, handedOutThrough: cursor) }
                state.withLock { state in
                    state.known.formUnion(new)
                    state.handedOutSincePrune += Outbox.page
                    // A destination without a lane had everything up to the cursor.
                    for server in destinations where state.lanes[server] == nil { state.lanes[server] = lane(after: cursor) }
                    state.cursor = through
                }
                for server in destinations { wake(server) }
                try await pruneIfDue()
            }
        } catch {
            logger.error("the outbox cannot be read", metadata: ["error": "\(error)"])
        }
    }

    private func pruneIfDue() async throws {
        let due: (idle: [ServerName], cursor: Position)? = state.withLock { state in
            guard state.handedOutSincePrune >= FederationSender.entriesPerPrune else { return nil }
            state.handedOutSincePrune = 0
            return (state.known.filter { state.lanes[$0] == nil }.sorted(), state.cursor)
        }
        if let due { try await outbox.prune(idle: due.idle, cursor: due.cursor) }
    }

    private func lane(after position: Position) -> Lane {
        Lane(acknowledged: position, messages: MessageQueue(limit: limits.queuedEDUs), batch: limits.pdusPerTransaction)
    }

    /// Changes a destination's lane and sees that a task serves it.
    private func wake(_ server: ServerName, _ change: (inout Lane) -> Void = { _ in }) {
        let isNew = state.withLock { state in
            var lane = state.lanes[server] ?? lane(after: state.isStarted ? state.cursor : 0)
            change(&lane)
            lane.hasNews = true
            let isNew = !lane.isServed
            lane.isServed = true
            state.lanes[server] = lane
            return isNew
        }
        if isNew { workContinuation.yield(server) }
    }

    /// Ends the pause of a destination that was heard from.
    private func ring(_ server: ServerName) {
        let alarm = state.withLock { $0.lanes[server]?.alarm }
        alarm?.yield()
    }

    // MARK: Serving one destination

    private func serve(_ destination: ServerName) async {
        while !Task.isCancelled {
            let pause = health.pause(of: destination)
            if pause > 0 {
                state.withLock { $0.lanes[destination]?.messages.dropFleeting() }
                await wait(pause, for: destination)
                continue
            }
            do {
                guard let (transaction, pdus) = try await next(for: destination) else {
                    if finish(destination) { return }
                    continue
                }
                try await deliver(transaction, pdus, to: destination)
                try await acknowledged(transaction, by: destination)
            } catch let error as FederationError {
                await failed(destination, error)
            } catch {
                guard !Task.isCancelled else { return }
                logger.error("a transaction could not be prepared", metadata: ["destination": "\(destination)", "error": "\(error)"])
                health.failed(destination)
            }
        }
    }

    /// The transaction to send now: the one that was not acknowledged, else a new one; nil where there is nothing to send.
    private func next(for destination: ServerName) async throws -> (OutboundTransaction, pdus: [[UInt8]])? {
        while true {
            let lane = state.withLock { state in
                state.lanes[destination]?.hasNews = false
                return state.lanes[destination]
            }
            guard let lane else { return nil }
            if let pending = lane.transaction {
                guard pending.through > pending.after else { return (pending, []) }
                return (pending, try await outbox.page(for: destination, after: pending.after, through: pending.through, limit: lane.batch).pdus)
            }
            let page = try await outbox.page(for: destination, after: lane.acknowledged, limit: lane.batch)
            // After a refused transaction one thing at a time, to find the one that is refused.
            let isCautious = lane.batch < limits.pdusPerTransaction
            let most = !isCautious ? limits.edusPerTransaction : page.pdus.isEmpty ? 1 : 0
            let durable = try await outbox.durable(for: destination, limit: most)
            let room = isCautious && durable.count > 0 ? 0 : most - durable.count
            let messages = durable.messages + (state.withLock { $0.lanes[destination]?.messages.take(room) } ?? [])
            if page.pdus.isEmpty, messages.isEmpty {
                // An update may have nothing left to tell.
                if !durable.updates.isEmpty {
                    try await outbox.acknowledge(durable, by: destination)
                    continue
                }
                guard page.through > lane.acknowledged else { return nil }
                state.withLock { $0.lanes[destination]?.acknowledged = page.through }
                continue
            }
            let transaction = OutboundTransaction(
                id: environment.randomToken(bytes: 12), after: lane.acknowledged, through: page.through, events: page.pdus.count,
                messages: messages, durable: durable)
            state.withLock { state in
                state.lanes[destination]?.transaction = transaction
                // There may be more than one transaction holds.
                state.lanes[destination]?.hasNews = true
            }
            return (transaction, page.pdus)
        }
    }

    private func deliver(_ transaction: OutboundTransaction, _ pdus: [[UInt8]], to destination: ServerName) async throws {
        let body = OutboundTransaction.body(
            origin: client.serverName, now: environment.nowMilliseconds(), pdus: pdus, messages: transaction.messages)
        let target = RequestTarget("/_matrix/federation/v1/send", transaction.id).description
        try await permits.withPermit(for: 0) {
            let answer = try await client.send("PUT", target, body: body, to: destination)
            guard let results = answer["pdus"] else { return }
            for (event, result) in results.members {
                guard let error = result["error"]?.string else { continue }
                logger.info("an event was refused", metadata: ["destination": "\(destination)", "event": "\(event)", "error": "\(error)"])
            }
        }
    }

    private func acknowledged(_ transaction: OutboundTransaction, by destination: ServerName) async throws {
        if transaction.through > transaction.after { try await outbox.acknowledge(destination, through: transaction.through) }
        try await outbox.acknowledge(transaction.durable, by: destination)
        state.withLock { state in
            state.lanes[destination]?.transaction = nil
            state.lanes[destination]?.acknowledged = transaction.through
            state.lanes[destination]?.batch = limits.pdusPerTransaction
        }
    }

    private func failed(_ destination: ServerName, _ error: FederationError) async {
        if case .transport(_, .shutDown) = error { return }
        if case .refused(_, let answer) = error, answer.status == 400 || answer.status == 413, answer.code != .unknown,
            await splitOrSkip(destination)
        {
            logger.warning("a transaction was refused", metadata: ["destination": "\(destination)", "error": "\(error)"])
            return
        }
        if health.pause(of: destination) == 0 { health.failed(destination) }
        logger.info("a transaction was not delivered", metadata: ["destination": "\(destination)", "error": "\(error)"])
        try? await outbox.fail(destination, now: environment.nowMilliseconds(), retryInterval: health.pause(of: destination))
    }

    /// Sends what a refused transaction has one by one, and leaves out what is refused alone: it would block all others.
    /// False where the transaction has neither events nor durable messages.
    private func splitOrSkip(_ destination: ServerName) async -> Bool {
        let refused = state.withLock { state -> OutboundTransaction? in
            guard let refused = state.lanes[destination]?.transaction, refused.events + refused.durable.count > 0 else { return nil }
            state.lanes[destination]?.transaction = nil
            state.lanes[destination]?.hasNews = true
            state.lanes[destination]?.batch = 1
            if refused.events == 1, refused.durable.count == 0 { state.lanes[destination]?.acknowledged = refused.through }
            return refused
        }
        guard let refused else { return false }
        if refused.events == 0, refused.durable.count == 1 { try? await outbox.acknowledge(refused.durable, by: destination) }
        return true
    }

    /// Waits, until the destination is heard from at the longest.
    private func wait(_ milliseconds: Int, for destination: ServerName) async {
        let (alarm, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        state.withLock { $0.lanes[destination]?.alarm = continuation }
        defer { state.withLock { $0.lanes[destination]?.alarm = nil } }
        // Heard from before the alarm was set.
        guard health.pause(of: destination) > 0 else { return }
        let environment = self.environment
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await environment.sleep(milliseconds) }
            group.addTask { for await _ in alarm { break } }
            await group.next()
            group.cancelAll()
        }
    }

    /// Ends the serving of a destination that has nothing left to get; false where something came in between.
    private func finish(_ destination: ServerName) -> Bool {
        state.withLock { state in
            guard let lane = state.lanes[destination] else { return true }
            guard !lane.hasNews, lane.messages.isEmpty, lane.transaction == nil else { return false }
            state.lanes[destination] = nil
            return true
        }
    }
}
