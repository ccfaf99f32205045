import Database
import MatrixModel
import Storage
import Testing

struct ClientTransactionStoreTests {
    private let request = ClientTransactionKey(user: Names.alice, device: "D", scope: "send/m.room.message", id: "1")

    @Test func `the same request finds its event, and no other does`() async throws {
        let database = try await migratedDatabase()
        try await database.write { [request] transaction in
            let transactions = ClientTransactionStore(transaction)
            try transactions.record(request, event: Names.first)
            #expect(try transactions.event(for: request) == Names.first)
            let others = [
                ClientTransactionKey(user: Names.bob, device: "D", scope: "send/m.room.message", id: "1"),
                ClientTransactionKey(user: Names.alice, device: "E", scope: "send/m.room.message", id: "1"),
                ClientTransactionKey(user: Names.alice, device: "D", scope: "send/m.reaction", id: "1"),
                ClientTransactionKey(user: Names.alice, device: "D", scope: "send/m.room.message", id: "2"),
            ]
            for other in others { #expect(try transactions.event(for: other) == nil) }
            #expect(try transactions.response(to: request) == nil)
        }
    }

    @Test func `a request is recorded once`() async throws {
        let database = try await migratedDatabase()
        try await database.write { [request] in try ClientTransactionStore($0).record(request, event: Names.first) }
        let error = await #expect(throws: DatabaseError.self) {
            try await database.write { [request] in try ClientTransactionStore($0).record(request, event: Names.second) }
        }
        #expect(error?.isUniqueViolation == true)
    }

    @Test func `a response comes back byte by byte`() async throws {
        let database = try await migratedDatabase()
        try await database.write { [request] in try ClientTransactionStore($0).record(request, response: [1, 0, 2]) }
        let response = try await database.read { [request] in try ClientTransactionStore($0).response(to: request) }
        #expect(response == [1, 0, 2])
    }

    @Test func `the device that made an event learns its transaction ID`() async throws {
        let database = try await migratedDatabase()
        try await database.write { [request] transaction in
            let transactions = ClientTransactionStore(transaction)
            try transactions.record(request, event: Names.first)
            #expect(try transactions.transactionID(of: Names.first, user: Names.alice, device: "D") == "1")
            #expect(try transactions.transactionID(of: Names.first, user: Names.alice, device: "E") == nil)
            let found = try transactions.transactionIDs(of: [Names.first, Names.second], user: Names.alice, device: "D")
            #expect(found == [Names.first: "1"])
            #expect(try transactions.transactionIDs(of: [], user: Names.alice, device: "D").isEmpty)
        }
    }

    @Test func `old requests are forgotten, the newest kept`() async throws {
        let database = try await migratedDatabase()
        try await database.write { transaction in
            let transactions = ClientTransactionStore(transaction)
            func request(_ number: Int) -> ClientTransactionKey {
                ClientTransactionKey(user: Names.alice, device: "D", scope: "s", id: String(number))
            }
            for number in 0..<10 { try transactions.record(request(number), response: [UInt8(number)]) }
            #expect(try transactions.deleteOld(keeping: 4, limit: 5) == 5)
            #expect(try transactions.deleteOld(keeping: 4) == 1)
            #expect(try transactions.deleteOld(keeping: 4) == 0)
            let kept = try (0..<10).filter { try transactions.response(to: request($0)) != nil }
            #expect(kept == [6, 7, 8, 9])
        }
    }
}
