import Database
import Logging
public import ServiceLifecycle
import Storage

/// Removes tokens whose time is over, once an hour.
public struct AccountUpkeep: Service {
    let database: Database
    let environment: Environment
    let logger: Logger

    /// Runs until cancelled.
    public func run() async throws {
        try await cancelWhenGracefulShutdown {
            while true {
                try await environment.sleep(AccountLimits.upkeepMilliseconds)
                do {
                    try await tidy()
                } catch {
                    logger.warning("expired tokens could not be removed", metadata: ["error": "\(error)"])
                }
            }
        }
    }

    /// An access token stays a while after its end, so that its client is told to refresh it rather than that it is unknown.
    func tidy() async throws {
        let now = environment.nowMilliseconds()
        try await database.write { transaction in
            try TokenStore(transaction).deleteExpired(before: now - AccountLimits.expiredTokenMilliseconds)
            try OpenIDTokenStore(transaction).deleteExpired(at: now)
            try InviteLinkStore(transaction).removeExpired(at: now)
        }
        // A client repeats a request within moments; a million requests back is long ago for anyone.
        while try await database.write({ try ClientTransactionStore($0).deleteOld(keeping: AccountLimits.rememberedRequests) }) > 0 {}
    }
}
