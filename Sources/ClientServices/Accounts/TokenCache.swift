import MatrixModel
import Synchronization

/// Owners of access tokens that were looked up lately, so that a busy client costs no query.
final class TokenCache: Sendable {
    /// Whom a token stands for.
    struct Entry: Sendable {
        let user: UserID
        let device: String?
        let expires: Int?
        let isGuest: Bool
        let isAdmin: Bool
        let isLocked: Bool
        let isSuspended: Bool
        /// When `last_seen_ts` was written, in monotonic milliseconds.
        var touched: Int
    }

    private struct State {
        var entries = TwoGenerations<TokenDigest, Entry>(limit: AccountLimits.cachedTokens)
        /// Counts removals: what was read from the database before one must not be added after it.
        var generation = 0
    }

    private let state = Mutex(State())

    /// The entry of a token; `isStale` tells once in `lastSeenMilliseconds` that the device's last use should be written.
    func entry(for token: TokenDigest, monotonicNow now: Int) -> (entry: Entry, isStale: Bool)? {
        state.withLock { state in
            guard var entry = state.entries.value(for: token) else { return nil }
            let isStale = now - entry.touched >= AccountLimits.lastSeenMilliseconds
            if isStale {
                entry.touched = now
                state.entries.insert(entry, for: token)
            }
            return (entry, isStale)
        }
    }

    /// To be read before the database is, and given to `insert`.
    var generation: Int { state.withLock { $0.generation } }

    /// Adds an entry, unless something was removed since `generation`.
    func insert(_ entry: Entry, for token: TokenDigest, generation: Int) {
        state.withLock { state in
            guard state.generation == generation else { return }
            state.entries.insert(entry, for: token)
        }
    }

    /// Forgets the tokens of a user, or of one device of theirs.
    func forget(_ user: UserID, device: String? = nil) {
        state.withLock { state in
            state.generation += 1
            state.entries.removeAll { $0.user == user && (device == nil || $0.device == device) }
        }
    }
}
