public import Database
public import MatrixModel
public import Storage
import Synchronization

/// Tells those who react that something became durable: waiting syncs and the consumers of the journal.
///
/// It keeps the newest changes in memory, in order, so that a client that keeps up is served without a query.
public final class CommitFeed: Sendable {
    private struct State {
        var tail: [Change] = []
        /// Everything after this position is in the tail.
        var tailStart: Position
        var head: Position
        var waiters = FeedWaiters()
        /// Counts calls of `wake`.
        var wakes: Int64 = 0
        var nextWaiter: Int64 = 0
        var subscribers: [Int64: AsyncStream<Position>.Continuation] = [:]
        /// Waits cancelled before they were registered; each leaves with its wait.
        var cancelled: Set<Int64> = []
    }

    private let state: Mutex<State>

    /// Starts at the journal's head.
    public init(head: Position) {
        state = Mutex(State(tailStart: head, head: head))
    }

    /// Announces a change; called in the order of positions, after the change is durable.
    public func publish(_ change: Change) {
        let (quiet, woken, subscribers) = state.withLock { state -> (Position, [FeedWaiters.Continuation], [AsyncStream<Position>.Continuation]) in
            let quiet = state.head
            state.tail.append(change)
            state.head = max(state.head, change.position)
            if state.tail.count > Limits.feedTail {
                let surplus = Limits.feedTail / 4
                state.tailStart = state.tail[surplus - 1].position
                state.tail.removeFirst(surplus)
            }
            return (quiet, take(&state.waiters, where: change, .news(quietThrough: quiet)), Array(state.subscribers.values))
        }
        for continuation in woken { continuation.resume(returning: .news(quietThrough: quiet)) }
        for subscriber in subscribers { subscriber.yield(change.position) }
    }

    /// Wakes a user's waiting syncs without a durable change: typing and presence.
    public func wake(_ users: some Sequence<UserID>) {
        let (quiet, woken) = state.withLock { state in
            state.wakes += 1
            return (state.head, users.flatMap { state.waiters.take($0, .news(quietThrough: state.head)) })
        }
        for continuation in woken { continuation.resume(returning: .news(quietThrough: quiet)) }
    }

    /// How often `wake` was called: a wait that is told the count from before its caller looked misses none in between.
    public var wakes: Int64 { state.withLock { $0.wakes } }

    /// The newest position announced.
    public var head: Position { state.withLock { $0.head } }

    /// The changes after a position, oldest first; nil where the memory does not reach back that far.
    public func changes(after position: Position) -> [Change]? {
        state.withLock { state in
            guard position >= state.tailStart else { return nil }
            var low = 0
            var high = state.tail.count
            while low < high {
                let middle = (low + high) / 2
                if state.tail[middle].position <= position { low = middle + 1 } else { high = middle }
            }
            return Array(state.tail[low...])
        }
    }

    /// The changes after a position as above, but nil as well where they are more than `limit`.
    public func changes(after position: Position, limit: Int) -> [Change]? {
        state.withLock { state in
            guard position >= state.tailStart else { return nil }
            let start = state.tail.suffix(limit + 1).firstIndex { $0.position > position } ?? state.tail.endIndex
            return state.tail.endIndex - start > limit ? nil : Array(state.tail[start...])
        }
    }

    /// How a wait ended.
    public struct Waited: Sendable {
        /// Whether something concerns the user; else the time is over, or the caller was cancelled.
        public let hasNews: Bool
        /// Up to this position nothing durable concerns the user but what was there when the wait began.
        public let quietThrough: Position
    }

    /// Waits until something that concerns the user is announced after `position`; false when `timeoutMilliseconds` have passed first.
    ///
    /// With `wakes`, any call of `wake` since that count ends the wait at once.
    public func wait(
        for user: UserID, after position: Position, wakes: Int64? = nil, timeoutMilliseconds: Int, environment: Environment
    ) async -> Bool {
        await news(for: user, after: position, wakes: wakes, timeoutMilliseconds: timeoutMilliseconds, environment: environment).hasNews
    }

    /// Waits as above, and tells how far nothing happened.
    public func news(
        for user: UserID, after position: Position, wakes: Int64? = nil, timeoutMilliseconds: Int, environment: Environment
    ) async -> Waited {
        guard timeoutMilliseconds > 0 else { return Waited(hasNews: false, quietThrough: position) }
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        let deadline = environment.monotonicMilliseconds() + timeoutMilliseconds
        var signal = await begin(id, user, after: position, wakes: wakes, deadline: deadline)
        if case .keepTime = signal { signal = await keepTime(id, until: deadline, environment) }
        let successor = state.withLock { state in
            state.cancelled.remove(id)
            return state.waiters.end(id)
        }
        successor?.resume(returning: .keepTime)
        switch signal {
        case .news(let quiet): return Waited(hasNews: true, quietThrough: max(position, quiet))
        case .over(let quiet): return Waited(hasNews: false, quietThrough: max(position, quiet))
        case .keepTime: return Waited(hasNews: false, quietThrough: position)
        }
    }

    /// Positions as they are announced, the newest alone where the reader is slow: for consumers with a cursor of their own.
    public func hints() -> AsyncStream<Position> {
        let (stream, continuation) = AsyncStream.makeStream(of: Position.self, bufferingPolicy: .bufferingNewest(1))
        let id = state.withLock { state in
            state.nextWaiter += 1
            state.subscribers[state.nextWaiter] = continuation
            return state.nextWaiter
        }
        continuation.onTermination = { [weak self] _ in self?.unsubscribe(id) }
        return stream
    }

    /// How many waits are parked.
    package var waitingCount: Int { state.withLock { $0.waiters.count } }
    /// How many waits were cancelled before they were parked and have not ended yet.
    package var cancelledCount: Int { state.withLock { $0.cancelled.count } }
    /// How many read hints.
    package var subscriberCount: Int { state.withLock { $0.subscribers.count } }

    private func unsubscribe(_ id: Int64) {
        state.withLock { $0.subscribers[id] = nil }
    }

    // MARK: Waiting

    private func begin(_ id: Int64, _ user: UserID, after position: Position, wakes: Int64?, deadline: Int) async -> FeedWaiters.Signal {
        await parked(id) { state, continuation in
            if let wakes, state.wakes != wakes { return .news(quietThrough: position) }
            if self.hasNews(state, for: user, after: position) { return .news(quietThrough: position) }
            return state.waiters.add(id, user, deadline: deadline, continuation) ? .keepTime : nil
        }
    }

    /// Sleeps until the deadline for all who wait, and waits oneself; one of both ends first.
    private func keepTime(_ id: Int64, until deadline: Int, _ environment: Environment) async -> FeedWaiters.Signal {
        await withTaskGroup(of: FeedWaiters.Signal?.self) { group in
            group.addTask { await self.parked(id) { state, continuation in state.waiters.park(id, continuation) } }
            group.addTask {
                do { try await environment.sleep(max(1, deadline - environment.monotonicMilliseconds())) } catch { return nil }
                self.expire(id, at: environment.monotonicMilliseconds())
                return nil
            }
            // The sleeper only wakes others, itself among them: the answer is what the parked half is told.
            var signal: FeedWaiters.Signal?
            while signal == nil, let next = await group.next() { signal = next ?? signal }
            group.cancelAll()
            await group.waitForAll()
            return signal ?? .keepTime
        }
    }

    /// Suspends until told; `register` answers at once where there is nothing to wait for.
    private func parked(
        _ id: Int64, _ register: @Sendable (inout State, FeedWaiters.Continuation) -> FeedWaiters.Signal?
    ) async -> FeedWaiters.Signal {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer = state.withLock { state -> FeedWaiters.Signal? in
                    if state.cancelled.remove(id) != nil { return .over(quietThrough: 0) }
                    return register(&state, continuation)
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let continuation = state.withLock { state -> FeedWaiters.Continuation? in
                guard state.waiters.contains(id) else {
                    state.cancelled.insert(id)
                    return nil
                }
                return state.waiters.take(id, .over(quietThrough: 0))
            }
            continuation?.resume(returning: .over(quietThrough: 0))
        }
    }

    private func expire(_ keeper: Int64, at now: Int) {
        let (head, over) = state.withLock { state in
            let signal = FeedWaiters.Signal.over(quietThrough: state.head)
            // Its own time is over, whatever the clock says of fractions.
            return (state.head, state.waiters.expire(at: now, signal) + [state.waiters.take(keeper, signal)].compactMap { $0 })
        }
        for continuation in over { continuation.resume(returning: .over(quietThrough: head)) }
    }

    private func hasNews(_ state: State, for user: UserID, after position: Position) -> Bool {
        guard state.head > position else { return false }
        guard position >= state.tailStart else { return true }
        for change in state.tail.reversed() {
            guard change.position > position else { return false }
            if change.concerns(user) { return true }
        }
        return false
    }

    private func take(_ waiters: inout FeedWaiters, where change: Change, _ signal: FeedWaiters.Signal) -> [FeedWaiters.Continuation] {
        if waiters.userCount == 0 { return [] }
        switch change.kind {
        case .user(let user): return waiters.take(user, signal)
        case .users(let users), .deviceList(let users), .room(_, let users):
            return take(&waiters, users, count: users.count, signal, contains: users.contains)
        case .events(let room):
            return take(&waiters, room.members, count: room.members.count, signal, contains: room.members.contains)
                + take(&waiters, room.further, count: room.further.count, signal, contains: room.further.contains)
        }
    }

    private func take(
        _ waiters: inout FeedWaiters, _ users: some Sequence<UserID>, count: Int, _ signal: FeedWaiters.Signal, contains: (UserID) -> Bool
    ) -> [FeedWaiters.Continuation] {
        var woken: [FeedWaiters.Continuation] = []
        if count < waiters.userCount {
            for user in users { woken += waiters.take(user, signal) }
        } else {
            for user in waiters.users.filter(contains) { woken += waiters.take(user, signal) }
        }
        return woken
    }
}
