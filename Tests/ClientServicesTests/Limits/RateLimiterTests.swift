import Database
import MatrixAPI
import MatrixModel
import Synchronization
import Testing

@testable import ClientServices

@Suite struct RateLimiterTests {
    private let clock = AccountTestServer.Clock()

    private func limiter(_ limits: RateLimits, exemptServices: Set<String> = [], exemptUsers: Set<UserID> = []) -> RateLimiter {
        let clock = clock
        let environment = Environment(
            nowMilliseconds: { 0 }, monotonicMilliseconds: { clock.milliseconds }, randomBytes: { [UInt8](repeating: 0, count: $0) },
            sleep: { _ in })
        return RateLimiter(limits: limits, environment: environment, exemptServices: exemptServices, exemptUsers: exemptUsers)
    }

    private func limits(_ perSecond: Double, _ burst: Int) -> RateLimits {
        var limits = RateLimits.off
        limits[.message] = RateLimit(perSecond: perSecond, burst: burst)
        return limits
    }

    /// Milliseconds to wait; 0 where the call is admitted.
    private func wait(_ limiter: RateLimiter, _ limit: RateLimitClass = .message, key: String = "a") -> Int? {
        do {
            try limiter.admit(limit, key: key)
            return 0
        } catch {
            #expect((error.status, error.code) == (429, .limitExceeded))
            return error.extra["retry_after_ms"]?.integer
        }
    }

    @Test func `a burst passes, then the rate holds`() {
        let limiter = limiter(limits(2, 3))
        #expect((0..<4).map { _ in wait(limiter) } == [0, 0, 0, 500])
        clock.advance(499)
        #expect(wait(limiter) == 1)
        clock.advance(1)
        #expect(wait(limiter) == 0)
        #expect(wait(limiter) == 500)
    }

    @Test func `a refused call costs nothing`() {
        let limiter = limiter(limits(1, 1))
        #expect(wait(limiter) == 0)
        for _ in 0..<100 { #expect(wait(limiter) == 1000) }
        clock.advance(1000)
        #expect(wait(limiter) == 0)
    }

    @Test func `a rested bucket holds no more than its burst`() {
        let limiter = limiter(limits(10, 2))
        clock.advance(3_600_000)
        #expect((0..<3).map { _ in wait(limiter) } == [0, 0, 100])
    }

    @Test func `over a long time the rate is exact`() {
        let limiter = limiter(limits(3, 5))
        var admitted = 0
        for _ in 0..<100_000 {
            if wait(limiter) == 0 { admitted += 1 }
            clock.advance(1)
        }
        #expect((304...306).contains(admitted))
    }

    @Test func `callers and classes have buckets of their own`() {
        var limits = limits(1, 1)
        limits[.join] = RateLimit(perSecond: 1, burst: 1)
        let limiter = limiter(limits)
        #expect(wait(limiter, key: "a") == 0)
        #expect(wait(limiter, key: "b") == 0)
        #expect(wait(limiter, .join, key: "a") == 0)
        #expect(wait(limiter, key: "a") == 1000)
    }

    @Test func `what is not limited always passes`() throws {
        var standard = RateLimits.standard
        standard[.none] = RateLimit(perSecond: 1, burst: 1)
        let open = limiter(standard)
        let off = limiter(.off)
        for _ in 0..<1000 {
            try open.admit(.none, key: "a")
            for limit in RateLimitClass.allCases { try off.admit(limit, key: "a") }
        }
        for limit in RateLimitClass.allCases where limit != .none { #expect(RateLimits.standard[limit] != nil) }
    }

    @Test func `application services that are exempt are not counted`() throws {
        let user = try #require(UserID("@_irc_a:test"))
        func caller(_ service: String?) -> Identity {
            .user(UserCaller(user: user, device: nil, tokenID: 0, applicationService: service, address: "192.0.2.1"))
        }
        let limiter = limiter(limits(1, 1), exemptServices: ["bridge"])
        for _ in 0..<5 { try limiter.admit(.message, caller("bridge")) }
        try limiter.admit(.message, caller("other"))
        #expect(throws: MatrixError.self) { try limiter.admit(.message, caller("other")) }
    }

    @Test func `an IPv6 address counts by its network`() {
        #expect(RateLimiter.network(of: "192.0.2.7") == "192.0.2.7")
        #expect(RateLimiter.network(of: "2001:db8:1:2:3:4:5:6") == "2001:db8:1:2::/64")
        #expect(RateLimiter.network(of: "2001:db8:1:2:ffff::1") == RateLimiter.network(of: "2001:db8:1:2:3:4:5:6"))
        #expect(RateLimiter.network(of: "2001:db8::1") == RateLimiter.network(of: "2001:db8::2"))
        #expect(RateLimiter.network(of: "2001:db8::1") != RateLimiter.network(of: "2001:db9::1"))
    }

    @Test func `a senseless rate is none`() {
        #expect(RateLimit(perSecond: 0, burst: 1) == nil)
        #expect(RateLimit(perSecond: -1, burst: 1) == nil)
        #expect(RateLimit(perSecond: .infinity, burst: 1) == nil)
        #expect(RateLimit(perSecond: 1, burst: 0) == nil)
    }
}
