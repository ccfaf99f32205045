import Database
import MatrixModel
import RoomServer
public import ServiceLifecycle
import Storage

/// Ends typing notifications whose time is over, as clients are told of changes alone.
public struct TypingExpiry: Service {
    let context: RoomServiceContext

    /// Runs until cancelled or asked to shut down.
    public func run() async throws {
        do { try await cancelWhenGracefulShutdown { try await self.watch() } } catch is CancellationError {
            // Asleep when it was time to go.
        }
    }

    private func watch() async throws {
        for await _ in context.typing.activity {
            while let end = context.typing.nextEnd {
                // Whoever begins while this sleeps may end first.
                let left = end - context.environment.monotonicMilliseconds()
                try await context.environment.sleep(min(max(1, left), RoomLimits.typingCheckMilliseconds))
                await expire()
            }
        }
    }

    private func expire() async {
        let own = context.serverName
        for room in context.typing.expire(at: context.environment.monotonicMilliseconds()) {
            // Where they cannot be read, their next sync tells them.
            let members = try? await context.database.read { transaction in
                guard let row = try RoomStore(transaction).room(room) else { return [UserID]() }
                return try SyncQueries(transaction).joinedUsers(room: row.number, of: own)
            }
            context.feed.wake(members ?? [])
        }
    }
}
