public import Database
public import MatrixModel
public import Storage
import Synchronization

/// Tells those who react that something became durable: waiting syncs and the consumers of the journal.
///
/// It keeps the newest changes in memory, in order, so that a client that keeps up is served without a query.
public final class CommitFeed: Sendable {
    private struct Waiter {
        let id: Int64
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var tail: [Change] = []
        /// Everything after this position is in the tail.
        var tailStart: Position
        var head: Position
        var waiters: [UserID: [Waiter]] = [:]
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
        let (woken, subscribers) = state.withLock { state -> ([Waiter], [AsyncStream<Position>.Continuation]) in
            state.tail.append(change)
            state.head = max(state.head, change.position)
            if state.tail.count > Limits.feedTail {
                let surplus = Limits.feedTail / 4
                state.tailStart = state.tail[surplus - 1].position
                state.tail.removeFirst(surplus)
            }
            return (take(&state, where: change), Array(state.subscribers.values))
        }
        for waiter in woken { waiter.continuation.resume(returning: true) }
        for subscriber in subscribers { subscriber.yield(change.position) }
    }

    /// Wakes a user's waiting syncs without a durable change: typing and presence.
    public func wake(_ users: some Sequence<UserID>) {
        let woken = state.withLock { state in
            state.wakes += 1
            return users.flatMap { state.waiters.removeValue(forKey: $0) ?? [] }
        }
        for waiter in woken { waiter.continuation.resume(returning: true) }
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

    /// Waits until something that concerns the user is announced after `position`; false when `timeoutMilliseconds` have passed first.
    ///
    /// With `wakes`, any call of `wake` since that count ends the wait at once.
    public func wait(
        for user: UserID, after position: Position, wakes: Int64? = nil, timeoutMilliseconds: Int, environment: Environment
    ) async -> Bool {
        guard timeoutMilliseconds > 0 else { return false }
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        return await withTaskGroup(of: Bool.self) { group in
            group.addTask { await self.park(user, after: position, wakes: wakes, id: id) }
            group.addTask {
                do { try await environment.sleep(timeoutMilliseconds) } catch { return false }
                self.release(user, id: id)
                return false
            }
            let first = await group.next() ?? false
            group.cancelAll()
            await group.waitForAll()
            state.withLock { _ = $0.cancelled.remove(id) }
            return first
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
    package var waitingCount: Int { state.withLock { $0.waiters.values.reduce(0) { $0 + $1.count } } }
    /// How many waits were cancelled before they were parked and have not ended yet.
    package var cancelledCount: Int { state.withLock { $0.cancelled.count } }
    /// How many read hints.
    package var subscriberCount: Int { state.withLock { $0.subscribers.count } }

    private func unsubscribe(_ id: Int64) {
        state.withLock { $0.subscribers[id] = nil }
    }

    private func park(_ user: UserID, after position: Position, wakes: Int64?, id: Int64) async -> Bool {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer = state.withLock { state -> Bool? in
                    if state.cancelled.remove(id) != nil { return false }
                    if let wakes, state.wakes != wakes { return true }
                    if hasNews(state, for: user, after: position) { return true }
                    state.waiters[user, default: []].append(Waiter(id: id, continuation: continuation))
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            release(user, id: id)
        }
    }

    private func release(_ user: UserID, id: Int64) {
        let waiter = state.withLock { state -> Waiter? in
            guard let place = state.waiters[user]?.firstIndex(where: { $0.id == id }) else {
                state.cancelled.insert(id)
                return nil
            }
            let waiter = state.waiters[user]?.remove(at: place)
            if state.waiters[user]?.isEmpty == true { state.waiters[user] = nil }
            return waiter
        }
        waiter?.continuation.resume(returning: false)
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

    private func take(_ state: inout State, where change: Change) -> [Waiter] {
        if state.waiters.isEmpty { return [] }
        switch change.kind {
        case .user(let user): return state.waiters.removeValue(forKey: user) ?? []
        case .users(let users), .deviceList(let users), .room(_, let users):
            return take(&state, users, count: users.count, contains: users.contains)
        case .events(let room):
            return take(&state, room.members, count: room.members.count, contains: room.members.contains)
                + take(&state, room.further, count: room.further.count, contains: room.further.contains)
        }
    }

    private func take(_ state: inout State, _ users: some Sequence<UserID>, count: Int, contains: (UserID) -> Bool) -> [Waiter] {
        var woken: [Waiter] = []
        if count < state.waiters.count {
            for user in users { woken += state.waiters.removeValue(forKey: user) ?? [] }
        } else {
            for user in state.waiters.keys.filter(contains) { woken += state.waiters.removeValue(forKey: user) ?? [] }
        }
        return woken
    }
}
