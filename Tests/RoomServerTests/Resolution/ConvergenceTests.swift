import Glibc
import MatrixModel
import RoomServer
import Testing

/// Rooms in which servers changed state at once, delivered in many orders. `MARTLET_SEED` picks one seed, `MARTLET_ORDERS` how many orders.
struct ConvergenceTests {
    private static func number(_ name: String) -> Int? {
        getenv(name).flatMap { Int(String(cString: $0)) }
    }

    private static let seeds: [UInt64] =
        if let seed = number("MARTLET_SEED") { [UInt64(seed)] } else { Array(1...UInt64(number("MARTLET_ROOMS") ?? 24)) }
    private static let orders = number("MARTLET_ORDERS") ?? 8

    @Test(arguments: seeds) func `every order gives the same states`(seed: UInt64) async throws {
        let version = RoomVersion.allCases[Int(seed) % 12]
        let room = try await RandomRoom(seed: seed, version: version, steps: 45)
        var numbers = SeededNumbers(seed: seed &* 31)
        let (first, observer) = try await room.observe(room.events, &numbers)
        try await observer.checkConsistency(room.room)
        let reference = room.reference(rejected: first.rejected)
        for event in room.events where reference[event.id] != first.before[event.id] {
            Issue.record("MARTLET_SEED=\(seed) v\(version.rawValue): another state before \(event.id) than by the whole states")
            try await expectSame(reference[event.id] ?? [:], first.before[event.id] ?? [:], on: observer)
            return
        }
        for _ in 0..<ConvergenceTests.orders {
            let order = room.order(&numbers)
            let (view, server) = try await room.observe(order, &numbers)
            for event in room.events where view.before[event.id] != first.before[event.id] {
                Issue.record("MARTLET_SEED=\(seed) v\(version.rawValue): the state before \(event.id) depends on the order")
                return
            }
            #expect(view.rejected == first.rejected, "MARTLET_SEED=\(seed) v\(version.rawValue)")
            if view.current != first.current {
                Issue.record("MARTLET_SEED=\(seed) v\(version.rawValue): the current state depends on the order")
                try await expectSame(first.current, view.current, on: server)
                return
            }
            try await server.checkConsistency(room.room)
        }
    }

    @Test(arguments: [100, 101, 102, 103, 104, 105] as [UInt64]) func `all orders of a small room give the same states`(seed: UInt64) async throws {
        let version = RoomVersion.allCases[Int(seed * 5) % 12]
        var steps = 14
        var room = try await RandomRoom(seed: seed, version: version, steps: steps)
        while room.events.count > 7 {
            steps -= 1
            room = try await RandomRoom(seed: seed, version: version, steps: steps)
        }
        var numbers = SeededNumbers(seed: seed)
        let (first, _) = try await room.observe(room.events, &numbers)
        #expect(room.reference(rejected: first.rejected) == first.before, "MARTLET_SEED=\(seed)")
        for order in room.allOrders(limit: 200) {
            let (view, _) = try await room.observe(order, &numbers)
            #expect(view == first, "MARTLET_SEED=\(seed) v\(version.rawValue): \(order.map(\.id))")
        }
    }
}
