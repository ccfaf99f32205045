import Testing

@testable import Federation

@Suite struct PeerHealthTests {
    let clock = VirtualClock()

    @Test func `pauses double up to a bound and end when the server is heard from`() {
        var limits = FederationLimits()
        limits.firstRetryMilliseconds = 1_000
        limits.maximumRetryMilliseconds = 10_000
        let health = PeerHealth(limits: limits, environment: clock.environment(seed: 1))
        let peer = server("a.test")
        #expect(health.pause(of: peer) == 0)
        for expected in [1_000, 2_000, 4_000, 8_000, 10_000, 10_000] {
            let pause = health.failed(peer)
            #expect((expected...expected + expected / 5).contains(pause))
            #expect(health.pause(of: peer) == pause)
            #expect(health.failed(peer) == pause, "failures within a pause count once")
            clock.advance(by: pause)
        }
        health.heard(from: peer)
        #expect(health.isFailing(peer) == false)
        #expect(health.failed(peer) <= 1_200)
    }

    @Test func `servers that fail are asked last`() {
        let health = PeerHealth(limits: FederationLimits(), environment: clock.environment(seed: 1))
        health.failed(server("a.test"))
        #expect(health.ordered([server("a.test"), server("b.test"), server("c.test")]) == [server("b.test"), server("c.test"), server("a.test")])
    }
}
