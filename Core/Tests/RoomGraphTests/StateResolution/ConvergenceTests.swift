import MatrixModel
import RoomGraph
import Testing

/// Servers that receive the same events in different orders agree on the state before each.
@Suite struct ConvergenceTests {
    @Test(arguments: [RoomVersion.v1, .v2, .v6, .v11, .v12], [1, 2, 3, 4] as [UInt64])
    func `random rooms converge in every order of arrival`(version: RoomVersion, seed: UInt64) {
        let room = RandomRoom(seed: seed, count: 30, version: version)
        var reference = TestRoom(version: version)
        for event in room.events { _ = reference.receive(event) }
        var generator = SeededGenerator(seed: seed &* 1000)
        for order in 0..<12 {
            var server = TestRoom(version: version)
            for event in arrival(of: room.events, &generator) { _ = server.receive(event) }
            let differing = room.events.filter { server.before[$0.id] != reference.before[$0.id] }.map(\.id)
            #expect(differing.isEmpty, "seed \(seed), order \(order)")
            #expect(server.rejected == reference.rejected, "seed \(seed), order \(order)")
        }
    }

    @Test func `all orders of a small room converge`() {
        for version in [RoomVersion.v2, .v12] {
            let room = RandomRoom(seed: 99, count: 10, version: version)
            var reference = TestRoom(version: version)
            for event in room.events { _ = reference.receive(event) }
            var orders = 0
            forEachOrder(of: room.events, TestRoom(version: version)) { server in
                orders += 1
                #expect(server.before == reference.before)
            }
            #expect(orders > 1)
        }
    }

    @Test func `a thousand orders of one room converge`() {
        let room = RandomRoom(seed: 7, count: 16, version: .v12)
        var reference = TestRoom(version: .v12)
        for event in room.events { _ = reference.receive(event) }
        var generator = SeededGenerator(seed: 42)
        var differing = 0
        for _ in 0..<1000 {
            var server = TestRoom(version: .v12)
            for event in arrival(of: room.events, &generator) { _ = server.receive(event) }
            if server.before != reference.before { differing += 1 }
        }
        #expect(differing == 0)
    }

    @Test(arguments: [RoomVersion.v1, .v2, .v10, .v12])
    func `the order of the sets does not matter`(version: RoomVersion) {
        for seed in 20..<26 as Range<UInt64> {
            let room = RandomRoom(seed: seed, count: 40, version: version)
            var server = TestRoom(version: version)
            for event in room.events { _ = server.receive(event) }
            var tips = Array(room.events.suffix(4).map(\.id))
            let first = server.state(before: tips)
            tips.reverse()
            #expect(server.state(before: tips) == first)
            #expect(server.state(before: tips + tips) == first)
        }
    }

    /// A random order in which previous and auth events come first.
    private func arrival(of events: [Event], _ generator: inout SeededGenerator) -> [Event] {
        var pending = events
        var arrived: Set<EventID> = []
        var order: [Event] = []
        while !pending.isEmpty {
            let ready = pending.indices.filter { place in
                (pending[place].prevEvents + pending[place].authEvents).allSatisfy { arrived.contains($0) }
            }
            let event = pending.remove(at: ready[Int.random(in: 0..<ready.count, using: &generator)])
            arrived.insert(event.id)
            order.append(event)
        }
        return order
    }

    private func forEachOrder(of pending: [Event], _ server: TestRoom, _ body: (TestRoom) -> Void) {
        if pending.isEmpty { return body(server) }
        for place in pending.indices where (pending[place].prevEvents + pending[place].authEvents).allSatisfy({ server.events[$0] != nil }) {
            var next = server
            var rest = pending
            _ = next.receive(rest.remove(at: place))
            forEachOrder(of: rest, next, body)
        }
    }
}
