import Database
import HashTreeCollections
import MatrixAPI
import MatrixModel
import RoomServer
import Storage

/// Tells clients what is new in the rooms of their windows, or waits until something is (MSC4186).
struct SlidingSyncService: Sendable {
    let context: RoomServiceContext
    let shared: SlidingShared

    init(context: RoomServiceContext, sync: SyncShared) {
        self.context = context
        shared = SlidingShared(sync: sync)
    }

    func bind(to table: inout RouteTable) {
        table.on(SlidingSync.self) { caller, request in
            FragmentResponse(try await sync(caller, request))
        }
    }

    private func sync(_ caller: UserCaller, _ request: SlidingSync.Request) async throws -> JSONFragment {
        let query = try query(caller, request)
        let environment = context.environment
        let declared = try request.setPresence.map { text throws(MatrixError) in try PresenceState.parse(text, "set_presence") }
        context.presence.syncBegan(
            query.user, device: query.device, declared: declared, isListening: false, at: environment.monotonicMilliseconds())
        defer {
            context.presence.syncEnded(query.user, device: query.device, isListening: false, at: environment.monotonicMilliseconds())
        }
        // "Ignored when no `pos` is set."
        let timeout = query.token == nil ? 0 : min(request.timeoutMilliseconds, RoomLimits.longestSyncMilliseconds)
        let end = timeout > 0 ? environment.monotonicMilliseconds() + timeout : 0
        var isAcknowledged = false
        while true {
            let wakes = context.feed.wakes
            let answer = try await read(query)
            if let through = answer.acknowledged, !isAcknowledged {
                isAcknowledged = true
                // Nobody waits for it: what the client has is not told again anyway.
                context.database.submit { try DeviceMessageStore($0).remove(for: query.device, of: query.user, through: through) }
            }
            guard answer.isEmpty, timeout > 0 else { return try await finish(answer, query) }
            let left = end - environment.monotonicMilliseconds()
            guard left > 0 else { return try await finish(answer, query) }
            if shared.sync.typing.serial > answer.typing { continue }
            let woke = await context.feed.wait(
                for: query.user, after: answer.head, wakes: wakes, timeoutMilliseconds: left, environment: environment)
            try Task.checkCancellation()
            if !woke { return try await finish(answer, query) }
        }
    }

    private func query(_ caller: UserCaller, _ request: SlidingSync.Request) throws -> SlidingQuery {
        var token: SlidingToken?
        if let text = request.position {
            guard let known = SlidingToken(text) else { throw MatrixError.unknownPosition }
            token = known
        }
        return SlidingQuery(user: caller.user, device: RoomServiceContext.device(of: caller), request: request, token: token)
    }

    private func read(_ query: SlidingQuery) async throws -> SlidingAnswer {
        let shared = shared
        let now = context.environment.nowMilliseconds()
        var query = query
        query.unwritten = query.token.flatMap { shared.unwritten.connection($0.connection) }
        return try await context.database.read { [query] in try SlidingReader.read(query, shared, $0, now: now) }
    }

    /// Sees that what the rooms were told is written down, so that the connection lives on over restarts, and gives the body of the answer.
    private func finish(_ answer: SlidingAnswer, _ query: SlidingQuery) async throws -> JSONFragment {
        let now = context.environment.nowMilliseconds()
        let token: SlidingToken
        if let known = query.token, answer.changedRooms.isEmpty {
            token = self.token(query, answer, connection: known.connection, serial: known.serial)
            if !answer.isUseNoted { touch(known.connection, now) }
        } else {
            let step =
                if let before = answer.before {
                    shared.unwritten.advance(before, answer.sent, at: now)
                } else {
                    shared.unwritten.begin(query, answer.sent, largest: answer.largestConnection, at: now)
                }
            guard let step else { throw MatrixError.unknownPosition }
            let written = write(answer, step, query, now)
            // As a rule nobody waits: until it is written, the connection is known from memory.
            if step.mustWait { try await written.value }
            shared.sent.keep(answer.sent, connection: step.connection, serial: step.serial)
            token = self.token(query, answer, connection: step.connection, serial: step.serial)
        }
        return answer.fragment(token, transaction: query.request.transaction)
    }

    private func token(_ query: SlidingQuery, _ answer: SlidingAnswer, connection: Int64, serial: Int64) -> SlidingToken {
        SlidingToken(
            connection: connection, serial: serial, position: answer.head, typing: answer.typing, extensions: ExtensionSet(query.request.extensions))
    }

    private func write(
        _ answer: SlidingAnswer, _ step: UnwrittenConnections.Step, _ query: SlidingQuery, _ now: Int
    ) -> PendingWrite<Void> {
        let rooms = answer.changedRooms.compactMap { answer.sent.rooms[$0] }
        let demands = answer.newDemands.compactMap { number in
            answer.sent.demands[number].map { (number: number, state: $0.encoded()) }
        }
        let isNew = answer.before == nil
        let unwritten = shared.unwritten
        return context.database.submit { transaction in
            let store = SlidingConnectionStore(transaction)
            if isNew {
                try store.begin(
                    step.connection, name: query.request.connection, user: query.user, device: query.device, serial: step.from, at: now,
                    limit: SlidingBounds.connectionsPerDevice, unusedSince: now - SlidingBounds.unusedMilliseconds)
            }
            guard try store.advance(step.connection, from: step.from, to: step.serial, rooms: rooms, newDemands: demands, at: now) else {
                throw MatrixError.unknownPosition
            }
        } whenDurable: {
            unwritten.written(step)
        } whenLost: {
            unwritten.lost(step)
        }
    }

    /// Notes now and then that a connection is in use, where no answer does.
    private func touch(_ connection: Int64, _ now: Int) {
        context.database.submit { try SlidingConnectionStore($0).touch(connection, at: now) }
    }
}

extension ExtensionSet {
    /// Those that a request asks for.
    init(_ wanted: SlidingExtensions) {
        var told: ExtensionSet = []
        if wanted.accountData != nil { told.insert(.accountData) }
        if wanted.receipts != nil { told.insert(.receipts) }
        if wanted.typing != nil { told.insert(.typing) }
        if wanted.encryption { told.insert(.encryption) }
        if wanted.threadSubscriptions != nil { told.insert(.threads) }
        if wanted.profiles != nil { told.insert(.profiles) }
        self = told
    }
}
