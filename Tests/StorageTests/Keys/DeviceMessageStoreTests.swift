import Database
import MatrixModel
import Storage
import Testing

struct DeviceMessageStoreTests {
    @Test func `a queue gives messages in order after a position, and loses what was acknowledged`() async throws {
        let database = try await database(with: Names.alice)
        try await database.write { (transaction) throws in
            for device in ["D", "E"] { try DeviceStore(transaction).ensure(device, of: Names.alice, displayName: nil, at: 1) }
            let store = DeviceMessageStore(transaction)
            for position in [3, 9, 5] as [Position] { try store.add([UInt8(position)], to: "D", of: Names.alice, position: position) }
            try store.add([1], to: "E", of: Names.alice, position: 4)
            #expect(try store.messages(for: "D", of: Names.alice, after: 3, limit: 5).map(\.position) == [5, 9])
            #expect(try store.messages(for: "D", of: Names.alice, after: 0, limit: 2).map(\.message) == [[3], [5]])
            #expect(try store.extent(for: "D", of: Names.alice).map { [$0.first, $0.last] } == [3, 9])
            try store.remove(for: "D", of: Names.alice, through: 5)
            #expect(try store.extent(for: "D", of: Names.alice).map { [$0.first, $0.last] } == [9, 9])
            #expect(try store.extent(for: "E", of: Names.alice).map { [$0.first, $0.last] } == [4, 4])
        }
    }

    @Test func `messages for servers wait in order until they are removed`() async throws {
        try await migratedDatabase().write { (transaction) throws in
            let store = OutboundDeviceMessageStore(transaction)
            for number in 1...3 { try store.add(["n": .integer(number)], to: Names.carol.server) }
            try store.add(["n": 9], to: Names.server)
            let waiting = try store.messages(for: Names.carol.server, limit: 2)
            #expect(waiting.map { $0.content["n"]?.integer } == [1, 2])
            try store.remove(for: Names.carol.server, through: waiting.last?.entry ?? 0)
            #expect(try store.messages(for: Names.carol.server, limit: 9).map { $0.content["n"]?.integer } == [3])
            #expect(try store.servers() == [Names.server, Names.carol.server].sorted())
        }
    }

    @Test func `a received message is noted once`() async throws {
        try await migratedDatabase().write { (transaction) throws in
            let store = ReceivedDeviceMessageStore(transaction)
            #expect(try store.note("a", from: Names.server, at: 1))
            #expect(try !store.note("a", from: Names.server, at: 2))
            #expect(try store.note("a", from: Names.carol.server, at: 9))
            try store.deleteOld(before: 5)
            #expect(try store.note("a", from: Names.server, at: 10))
            #expect(try !store.note("a", from: Names.carol.server, at: 10))
        }
    }
}
