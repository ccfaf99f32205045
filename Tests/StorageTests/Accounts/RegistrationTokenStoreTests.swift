import Database
import Storage
import Testing

struct RegistrationTokenStoreTests {
    @Test func `uses are reserved, given back and completed`() async throws {
        let database = try await migratedDatabase()
        try await database.write { transaction in
            let tokens = RegistrationTokenStore(transaction)
            #expect(try tokens.create("t", usesAllowed: 2, expires: nil, at: 1))
            #expect(try tokens.create("t", usesAllowed: 9, expires: nil, at: 1) == false)
            #expect(try tokens.reserve("t", at: 1))
            #expect(try tokens.reserve("t", at: 1))
            #expect(try tokens.reserve("t", at: 1) == false)
            #expect(try tokens.token("t")?.isValid(at: 1) == false)
            try tokens.release("t")
            #expect(try tokens.token("t")?.isValid(at: 1) == true)
            try tokens.complete("t")
            #expect(try tokens.token("t")?.pending == 0)
            #expect(try tokens.token("t")?.completed == 1)
            #expect(try tokens.reserve("t", at: 1))
            #expect(try tokens.reserve("t", at: 1) == false)
            try tokens.releaseAll()
            #expect(try tokens.token("t")?.pending == 0)
            #expect(try tokens.token("t")?.completed == 1)
        }
    }

    @Test func `an expired or unknown token gives no use`() async throws {
        let database = try await migratedDatabase()
        try await database.write { transaction in
            let tokens = RegistrationTokenStore(transaction)
            _ = try tokens.create("t", usesAllowed: nil, expires: 10, at: 1)
            #expect(try tokens.reserve("t", at: 9))
            #expect(try tokens.reserve("t", at: 10) == false)
            #expect(try tokens.token("t")?.isValid(at: 10) == false)
            #expect(try tokens.reserve("u", at: 1) == false)
            #expect(try tokens.token("u") == nil)
        }
    }

    @Test func `tokens are listed, changed and deleted`() async throws {
        let database = try await migratedDatabase()
        try await database.write { transaction in
            let tokens = RegistrationTokenStore(transaction)
            for token in ["b", "a"] { _ = try tokens.create(token, usesAllowed: nil, expires: nil, at: 3) }
            #expect(try tokens.update("a", usesAllowed: 4, expires: 5))
            #expect(try tokens.update("c", usesAllowed: 4, expires: 5) == false)
            #expect(try tokens.tokens().map(\.token) == ["a", "b"])
            #expect(try tokens.tokens().map(\.usesAllowed) == [4, nil])
            #expect(try tokens.delete("a"))
            #expect(try tokens.delete("a") == false)
            #expect(try tokens.tokens().map(\.token) == ["b"])
        }
    }
}
