public import Database
public import MatrixAPI
public import MatrixModel
import Synchronization

/// Counts calls by class and caller, and refuses those that come too fast; fills `GatewayPorts.admit`.
public final class RateLimiter: Sendable {
    private struct Bucket: Hashable, Sendable {
        let limit: RateLimitClass
        let key: String
    }

    private let limits: RateLimits
    private let environment: Environment
    /// Application services and people whose calls are not counted.
    private let exemptServices: Set<String>
    private let exemptUsers: Set<UserID>
    /// Per bucket the moment, in microseconds, at which it will be full again: all that a bucket needs (the generic cell rate algorithm).
    private let fullAt: Mutex<TwoGenerations<Bucket, Int>>

    public init(limits: RateLimits, environment: Environment, exemptServices: Set<String> = [], exemptUsers: Set<UserID> = []) {
        self.limits = limits
        self.environment = environment
        self.exemptServices = exemptServices
        self.exemptUsers = exemptUsers
        fullAt = Mutex(TwoGenerations(limit: AccountLimits.rateLimitBuckets))
    }

    /// Counts one call of an identity; throws 429 `M_LIMIT_EXCEEDED` with `retry_after_ms`.
    public func admit(_ limit: RateLimitClass, _ identity: Identity) throws(MatrixError) {
        guard limits[limit] != nil else { return }
        switch identity {
        case .anonymous(let caller): try admit(limit, key: RateLimiter.network(of: caller.address))
        case .peer(let caller): try admit(limit, key: caller.origin.description)
        case .user(let caller):
            if let service = caller.applicationService, exemptServices.contains(service) { return }
            if exemptUsers.contains(caller.user) { return }
            try admit(limit, key: caller.user.description)
        }
    }

    /// Counts one call by whatever `key` names; throws 429 `M_LIMIT_EXCEEDED` with `retry_after_ms`.
    public func admit(_ limit: RateLimitClass, key: String) throws(MatrixError) {
        guard let rate = limits[limit] else { return }
        let now = environment.monotonicMilliseconds() * 1000
        // Bounded, so that an absurd rate cannot overflow the sum below.
        let interval = Int(min(1_000_000 / rate.perSecond, 1e12))
        let tolerance = interval * (rate.burst - 1)
        let wait = fullAt.withLock { fullAt -> Int in
            let bucket = Bucket(limit: limit, key: key)
            let emptyUntil = max(fullAt.value(for: bucket) ?? now, now)
            let wait = emptyUntil - now - tolerance
            if wait <= 0 { fullAt.insert(emptyUntil + interval, for: bucket) }
            return wait
        }
        guard wait > 0 else { return }
        throw MatrixError(429, .limitExceeded, "Too many requests.", extra: ["retry_after_ms": .integer((wait + 999) / 1000)])
    }

    /// The network of an address: an IPv6 address counts by its first 64 bits, since one line has them all.
    static func network(of address: String) -> String {
        guard address.utf8.contains(UInt8(ascii: ":")) else { return address }
        var groups: [Substring] = []
        for group in address.split(separator: ":", omittingEmptySubsequences: false) {
            // An empty group is the run of zeros that "::" stands for: what follows it belongs to the last 64 bits in all but odd spellings.
            if group.isEmpty || groups.count == 4 { break }
            groups.append(group)
        }
        return groups.joined(separator: ":") + "::/64"
    }
}
