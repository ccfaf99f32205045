import Database
import Logging
import RoomServer
public import ServiceLifecycle

/// Keeps the index near the journal's head while nobody searches; a database from before is indexed at its first start.
public struct EventIndexFollower: Service {
    let indexer: EventIndexer
    let feed: CommitFeed
    let environment: Environment
    let logger: Logger

    /// Runs until cancelled.
    public func run() async throws {
        let hints = feed.hints()
        try await cancelWhenGracefulShutdown {
            await follow()
            for await _ in hints {
                // Many events share one step: what is sent now is not made slower by it.
                try await environment.sleep(SearchLimits.indexPauseMilliseconds)
                await follow()
            }
        }
    }

    private func follow() async {
        do {
            while !Task.isCancelled, try await indexer.advance() {}
        } catch is CancellationError {
            return
        } catch {
            logger.error("events could not be indexed", metadata: ["error": "\(error)"])
        }
    }
}
