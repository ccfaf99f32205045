import Database
import Federation
import Logging
import MatrixModel
import RoomServer
public import ServiceLifecycle
import Storage

/// Tells of changes of presence: once a second to those whom few share rooms with, more seldom in large rooms, and to other servers.
public struct PresenceKeeper: Service {
    let context: RoomServiceContext
    let logger: Logger

    /// What waits to be told.
    struct Pending: Sendable {
        /// Who lately waited for news of presence, by room.
        var listeners: [Int64: [UserID]] = [:]
        var listenersVersion = -1
        var circlesVersion = -1
        /// The rooms of those whose change waits for others, and when it must be told.
        var rooms: Set<Int64> = []
        var wakeAt: Int?
        var lastWake = 0
        /// Local users of whom servers must be told, each with the moment from which on.
        var servers: [UserID: Int] = [:]
        /// When servers were last told of a user.
        var sent: [UserID: Int] = [:]
        var lastRepeat = 0
    }

    /// Runs until cancelled or asked to shut down.
    public func run() async throws {
        guard context.presence.isEnabled else { return try await gracefulShutdown() }
        do { try await cancelWhenGracefulShutdown { try await self.keep() } } catch is CancellationError {
            // Asleep when it was time to go.
        }
    }

    private func keep() async throws {
        var pending = Pending()
        try await attempt { try await restore() }
        while true {
            try await context.environment.sleep(PresenceLimits.roundMilliseconds)
            try await attempt { try await round(&pending) }
        }
    }

    /// What fails is tried again a round later.
    private func attempt(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            logger.warning("presence cannot be told", metadata: ["error": "\(error)"])
        }
    }

    /// Takes up what was told before a restart.
    func restore() async throws {
        let stored = try await context.database.read { try PresenceStore($0).present(limit: PresenceLimits.localUsers) }
        let (now, monotonic) = (context.environment.nowMilliseconds(), context.environment.monotonicMilliseconds())
        for presence in stored {
            guard let state = PresenceState(number: presence.state) else { continue }
            context.presence.restore(
                presence.user, state, status: presence.status, lastActive: monotonic - max(0, now - presence.lastActive), at: monotonic)
        }
    }

    /// One round: what changed is told, or waits for its time.
    func round(_ pending: inout Pending) async throws {
        let board = context.presence
        let unread = board.unread
        if !unread.isEmpty {
            let statuses = try await context.database.read { transaction in
                try unread.reduce(into: [UserID: String]()) { try $0[$1] = PresenceStore(transaction).presence(of: $1)?.status }
            }
            board.fill(statuses)
        }
        let now = context.environment.monotonicMilliseconds()
        let arrivals = context.circles.takeArrivals()
        board.renew(arrivals.map(\.user))
        let changed = board.round(at: now)
        if !changed.isEmpty { remember(changed) }
        try await wake(for: changed.map(\.user), &pending, at: now)
        for report in changed where report.user.server == context.serverName && pending.servers[report.user] == nil {
            pending.servers[report.user] = now
        }
        try await greet(arrivals, at: now)
        repeatOld(&pending, at: now)
        try await tellServers(&pending, at: now)
    }

    /// Nobody waits for it: what is lost in a crash is made good by the next change.
    private func remember(_ reports: [PresenceReport]) {
        let now = context.environment.nowMilliseconds()
        context.database.submit { transaction in
            let store = PresenceStore(transaction)
            for report in reports {
                try store.set(
                    StoredPresence(
                        user: report.user, state: report.state.number, status: report.status, lastActive: now - (report.lastActiveAgo ?? 0)))
            }
        }
    }

    // MARK: This server's users

    /// Wakes who waits and shares a room with one of the users: at once where they are few.
    private func wake(for users: [UserID], _ pending: inout Pending, at now: Int) async throws {
        guard !users.isEmpty || pending.wakeAt.map({ $0 <= now }) == true else { return }
        try await followListeners(&pending)
        let circles = context.circles
        let rooms = try await context.database.read { transaction in try users.map { try circles.rooms(of: $0, transaction) } }
        var woken: Set<UserID> = []
        for (user, rooms) in zip(users, rooms) {
            let count = rooms.reduce(0) { $0 + (pending.listeners[$1]?.count ?? 0) }
            if count <= PresenceLimits.smallAudience {
                // Of themselves people need not be told at once.
                for room in rooms { woken.formUnion((pending.listeners[room] ?? []).filter { $0 != user }) }
            } else {
                pending.rooms.formUnion(rooms)
                let largest = rooms.reduce(0) { max($0, pending.listeners[$1]?.count ?? 0) }
                let pause = min(largest * 1000 / PresenceLimits.wakesPerSecond, PresenceLimits.longestDelayMilliseconds)
                pending.wakeAt = max(pending.wakeAt ?? 0, pending.lastWake + pause)
            }
        }
        if let due = pending.wakeAt, due <= now {
            for room in pending.rooms { woken.formUnion(pending.listeners[room] ?? []) }
            pending.rooms = []
            pending.wakeAt = nil
            pending.lastWake = now
        }
        if !woken.isEmpty { context.feed.wake(woken) }
    }

    /// Brings the index of listeners in step with who listens and who is where.
    private func followListeners(_ pending: inout Pending) async throws {
        let circles = context.circles
        let version = circles.version
        let isMoved = version != pending.circlesVersion
        guard let (users, listenersVersion) = context.presence.listeners(unlike: isMoved ? -1 : pending.listenersVersion) else { return }
        pending.listeners = try await context.database.read { transaction in
            var listeners: [Int64: [UserID]] = [:]
            for user in users {
                for room in try circles.rooms(of: user, transaction) { listeners[room, default: []].append(user) }
            }
            return listeners
        }
        (pending.listenersVersion, pending.circlesVersion) = (listenersVersion, version)
    }

    // MARK: Other servers

    /// Servers whose users came into a room hear of those who were there.
    private func greet(_ arrivals: [PresenceCircles.Arrival], at now: Int) async throws {
        var newServers: [Int64: Set<ServerName>] = [:]
        for arrival in arrivals where arrival.user.server != context.serverName {
            newServers[arrival.room, default: []].insert(arrival.user.server)
        }
        guard !newServers.isEmpty else { return }
        let present = context.presence.presentLocalUsers
        guard !present.isEmpty else { return }
        let circles = context.circles
        let rooms = newServers.keys.sorted()
        let there = try await context.database.read { transaction in
            try present.prefix(PresenceLimits.lookedAt).map { ($0, try circles.rooms(of: $0, transaction).filter(rooms.contains)) }
        }
        for (user, shared) in there.filter({ !$0.1.isEmpty }).prefix(PresenceLimits.toldAtOnce) {
            guard let report = context.presence.report(of: user, at: now) else { continue }
            let servers = shared.reduce(into: Set<ServerName>()) { $0.formUnion(newServers[$1] ?? []) }
            context.remote.send(.presence(user: user, content: report.push), servers.sorted())
        }
    }

    /// Other servers take a user of whom they hear nothing for long to be offline.
    private func repeatOld(_ pending: inout Pending, at now: Int) {
        guard now - pending.lastRepeat >= PresenceLimits.remoteSweepMilliseconds else { return }
        pending.lastRepeat = now
        let present = Set(context.presence.presentLocalUsers)
        pending.sent = pending.sent.filter { present.contains($0.key) }
        for (user, sent) in pending.sent where now - sent >= PresenceLimits.repeatMilliseconds && pending.servers[user] == nil {
            pending.servers[user] = now
        }
    }

    private func tellServers(_ pending: inout Pending, at now: Int) async throws {
        let due = pending.servers.filter { $0.value <= now }.keys.sorted()
        guard !due.isEmpty else { return }
        let own = context.serverName
        let servers = try await context.database.read { transaction in
            try due.map { try PresenceStore(transaction).servers(sharingRoomsWith: $0).filter { $0 != own } }
        }
        for (user, servers) in zip(due, servers) {
            let pause = min(servers.count * 1000 / PresenceLimits.serversPerSecond, PresenceLimits.longestDelayMilliseconds)
            if servers.count > PresenceLimits.fewServers, let last = pending.sent[user], last + pause > now {
                pending.servers[user] = last + pause
                continue
            }
            pending.servers[user] = nil
            guard !servers.isEmpty, let report = context.presence.report(of: user, at: now) else { continue }
            pending.sent[user] = now
            context.remote.send(.presence(user: user, content: report.push), servers)
        }
    }
}
