import Database
import Logging
import MatrixModel
import RoomServer
public import ServiceLifecycle
import Storage
import Synchronization

/// Sends delayed events when their time has come, those of before a restart too (MSC4140).
///
/// The row of a delayed event ends in the transaction of the event that it becomes: it is sent once, whenever the process dies.
public struct DelayedEventSender: Service {
    let context: RoomServiceContext
    let queue: DelayedEventQueue
    let sending: SendService
    let logger: Logger
    /// How often sending an event failed for a reason that is not its sender's.
    private let failures = Failures()

    init(context: RoomServiceContext, queue: DelayedEventQueue, sending: SendService, logger: Logger) {
        self.context = context
        self.queue = queue
        self.sending = sending
        self.logger = logger
    }

    /// Runs until cancelled or asked to shut down.
    public func run() async throws {
        do { try await cancelWhenGracefulShutdown { try await self.watch() } } catch is CancellationError {
            // Asleep when it was time to go.
        }
    }

    private func watch() async throws {
        try await load()
        var lastUpkeep = context.environment.monotonicMilliseconds() - DelayedEventLimits.upkeepMilliseconds
        while !Task.isCancelled {
            if context.environment.monotonicMilliseconds() - lastUpkeep >= DelayedEventLimits.upkeepMilliseconds {
                try await clear()
                lastUpkeep = context.environment.monotonicMilliseconds()
            }
            let (due, changes) = queue.next
            let left = min((due ?? .max) - context.environment.nowMilliseconds(), DelayedEventLimits.longestSleepMilliseconds)
            if left > 0 { await sleep(left, changes) } else { await sendDue() }
        }
    }

    /// Learns what waits.
    package func load() async throws {
        for (number, due) in try await context.database.read({ try DelayedEventStore($0).allDue() }) { queue.schedule(number, due: due) }
    }

    private func clear() async throws {
        let now = context.environment.nowMilliseconds()
        try await context.database.write { transaction in
            try DelayedEventStore(transaction).forget(
                endedBefore: now - DelayedEventLimits.keptMilliseconds, keeping: DelayedEventLimits.keptEvents)
            try StickyEventStore(transaction).deleteExpired(at: now)
        }
    }

    /// Sleeps for that long, or until something earlier is scheduled.
    private func sleep(_ milliseconds: Int, _ changes: Int) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await context.environment.sleep(milliseconds) }
            group.addTask { await queue.change(since: changes) }
            await group.next()
            group.cancelAll()
        }
    }

    /// Sends everything that is due: in the order of their times within a room, several rooms at once.
    package func sendDue() async {
        let numbers = queue.take(dueAt: context.environment.nowMilliseconds(), limit: DelayedEventLimits.round)
        guard !numbers.isEmpty else { return }
        let events: [DelayedEvent]
        do { events = try await context.database.read { try DelayedEventStore($0).events(numbers) } } catch {
            let again = context.environment.nowMilliseconds() + DelayedEventLimits.retryMilliseconds
            for number in numbers { queue.schedule(number, due: again) }
            return
        }
        var rooms: [RoomID: [DelayedEvent]] = [:]
        var order: [RoomID] = []
        for event in events where event.due != nil {
            if rooms[event.room] == nil { order.append(event.room) }
            rooms[event.room, default: []].append(event)
        }
        let batches = order.compactMap { rooms[$0] }
        await withTaskGroup(of: Void.self) { group in
            for (index, batch) in batches.enumerated() {
                if index >= DelayedEventLimits.rooms { await group.next() }
                group.addTask { for event in batch { await send(event) } }
            }
        }
    }

    private func send(_ event: DelayedEvent) async {
        do {
            try await deliver(event)
            failures.forget(event.number)
        } catch StorageError.delayedEventEnded {
            failures.forget(event.number)
        } catch let error as MatrixError where error.status < 500 {
            await give(up: event, error)
        } catch {
            logger.warning("a delayed event could not be sent", metadata: ["delayed": "\(event.number)", "error": "\(error)"])
            if failures.note(event.number) < DelayedEventLimits.tries {
                queue.schedule(event.number, due: context.environment.nowMilliseconds() + DelayedEventLimits.retryMilliseconds)
            } else {
                await give(up: event, .internalError())
            }
        }
    }

    /// Sends one event now. Throws what forbids it, `StorageError.delayedEventEnded` where it waits no more.
    func deliver(_ event: DelayedEvent) async throws {
        let id = try await sending.send(event)
        // Ended already where the event was made; what changed nothing, or went by another way, ends here.
        let now = context.environment.nowMilliseconds()
        _ = try await context.database.write { try DelayedEventStore($0).finish(event.number, event: id, at: now) }
    }

    private func give(up event: DelayedEvent, _ error: MatrixError) async {
        failures.forget(event.number)
        let now = context.environment.nowMilliseconds()
        do {
            try await context.database.write { try DelayedEventStore($0).cancel(event.number, error: error.body.bytes(), at: now) }
        } catch {
            queue.schedule(event.number, due: now + DelayedEventLimits.retryMilliseconds)
        }
    }

    /// Counts failures by event.
    private final class Failures: Sendable {
        private let counts = Mutex([Int64: Int]())

        func note(_ number: Int64) -> Int {
            counts.withLock { counts in
                counts[number, default: 0] += 1
                return counts[number] ?? 0
            }
        }

        func forget(_ number: Int64) { counts.withLock { $0[number] = nil } }
    }
}
