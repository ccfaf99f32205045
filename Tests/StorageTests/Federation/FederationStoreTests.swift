import Database
import MatrixModel
import Storage
import Testing

struct FederationStoreTests {
    @Test func `a key is kept with its longest validity, and never gets other bytes`() async throws {
        let database = try await migratedDatabase()
        try await database.write { transaction in
            let keys = ServerKeyStore(transaction)
            try keys.save(ServerKey(id: "ed25519:a", key: [1], validUntil: 10, expired: nil, fetched: 1), of: Names.server)
            try keys.save(ServerKey(id: "ed25519:a", key: [1], validUntil: 5, expired: nil, fetched: 2), of: Names.server)
            #expect(try keys.key("ed25519:a", of: Names.server)?.validUntil == 10)
            #expect(try keys.key("ed25519:a", of: Names.server)?.fetched == 2)
            try keys.save(ServerKey(id: "ed25519:a", key: [2], validUntil: 90, expired: nil, fetched: 3), of: Names.server)
            #expect(try keys.key("ed25519:a", of: Names.server)?.key == [1])
            #expect(try keys.key("ed25519:a", of: Names.server)?.validUntil == 10)
            try keys.save(ServerKey(id: "ed25519:a", key: [1], validUntil: 10, expired: 8, fetched: 4), of: Names.server)
            try keys.save(ServerKey(id: "ed25519:a", key: [1], validUntil: 10, expired: nil, fetched: 5), of: Names.server)
            #expect(try keys.key("ed25519:a", of: Names.server)?.expired == 8)
            try keys.save(ServerKey(id: "ed25519:b", key: [3], validUntil: 10, expired: nil, fetched: 4), of: Names.server)
            #expect(try keys.keys(of: Names.server).map(\.id) == ["ed25519:a", "ed25519:b"])
            #expect(try keys.key("ed25519:c", of: Names.server) == nil)
        }
    }

    @Test func `the newest key document is kept as it came`() async throws {
        let database = try await migratedDatabase()
        try await database.write { transaction in
            let keys = ServerKeyStore(transaction)
            #expect(try keys.document(of: Names.server) == nil)
            try keys.saveDocument([1], of: Names.server, validUntil: 5, fetched: 1)
            try keys.saveDocument([2, 0], of: Names.server, validUntil: 6, fetched: 2)
            let document = try keys.document(of: Names.server)
            #expect(document?.document == [2, 0])
            #expect(document?.validUntil == 6)
            #expect(document?.fetched == 2)
        }
    }

    @Test func `failures add up until something gets through`() async throws {
        let database = try await migratedDatabase()
        try await database.write { transaction in
            let destinations = DestinationStore(transaction)
            #expect(try destinations.destination(Names.server) == nil)
            try destinations.ensure(Names.server, acknowledged: 7)
            try destinations.ensure(Names.server, acknowledged: 9)
            try destinations.fail(Names.server, at: 100, retryInterval: 10)
            try destinations.fail(Names.server, at: 200, retryInterval: 20)
            let failing = try destinations.destination(Names.server)
            #expect(failing?.acknowledged == 7)
            #expect(failing?.failingSince == 100)
            #expect(failing?.retryAt == 220)
            #expect(failing?.retryInterval == 20)
            try destinations.recover(Names.server)
            #expect(try destinations.destination(Names.server)?.failingSince == nil)
            try destinations.fail(Names.server, at: 300, retryInterval: 10)
            try destinations.acknowledge(Names.server, through: 12)
            try destinations.acknowledge(Names.server, through: 11)
            let well = try destinations.destination(Names.server)
            #expect(well?.acknowledged == 12)
            #expect(well?.failingSince == nil)
            #expect(well?.retryAt == nil)
            #expect(well?.retryInterval == 0)
        }
    }

    @Test func `the outbox is needed from the slowest server on`() async throws {
        let database = try await migratedDatabase()
        try await database.write { transaction in
            let destinations = DestinationStore(transaction)
            #expect(try destinations.leastAcknowledged() == nil)
            try destinations.acknowledge(Names.server, through: 12)
            try destinations.acknowledge(Names.carol.server, through: 8)
            #expect(try destinations.leastAcknowledged() == 8)
            #expect(try destinations.destinations().map(\.server) == [Names.server, Names.carol.server])
        }
    }

    @Test func `a repeated transaction gets the first answer, and old ones go`() async throws {
        let database = try await migratedDatabase()
        try await database.write { transaction in
            let transactions = ReceivedTransactionStore(transaction)
            try transactions.record("1", from: Names.server, response: [1], at: 1)
            try transactions.record("1", from: Names.server, response: [2], at: 2)
            try transactions.record("2", from: Names.server, response: [3], at: 3)
            #expect(try transactions.response(to: "1", from: Names.server) == [1])
            #expect(try transactions.response(to: "1", from: Names.carol.server) == nil)
            #expect(try transactions.deleteOld(before: 3) == 1)
            #expect(try transactions.response(to: "1", from: Names.server) == nil)
            #expect(try transactions.response(to: "2", from: Names.server) == [3])
        }
    }
}
