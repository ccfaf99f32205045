import Database
import MatrixModel
import RoomServer
public import ServiceLifecycle
import Storage

/// Ends typing notifications whose time is over, as clients are told of changes alone.
public struct TypingExpiry: Service {
    let context: RoomServiceContext

    /// Runs until cancelled.
    public func run() async throws {
        try await cancelWhenGracefulShutdown {
            for await _ in context.typing.activity {
                while let end = context.typing.nextEnd {
                    try await context.environment.sleep(max(1, end - context.environment.monotonicMilliseconds()))
                    try await expire()
                }
            }
        }
    }

    private func expire() async throws {
        let own = context.serverName
        for room in context.typing.expire(at: context.environment.monotonicMilliseconds()) {
            let members = try await context.database.read { transaction in
                guard let row = try RoomStore(transaction).room(room) else { return [UserID]() }
                return try SyncQueries(transaction).joinedUsers(room: row.number, of: own)
            }
            context.feed.wake(members)
        }
    }
}
