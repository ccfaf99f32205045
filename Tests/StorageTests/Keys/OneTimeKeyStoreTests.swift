import Database
import MatrixModel
import Storage
import Testing

struct OneTimeKeyStoreTests {
    private func prepared() async throws -> Database {
        let database = try await database(with: Names.alice)
        try await database.write { try DeviceStore($0).ensure("D", of: Names.alice, displayName: nil, at: 1) }
        return database
    }

    @Test func `keys are claimed oldest first and counted while unclaimed`() async throws {
        try await prepared().write { (transaction) throws in
            let store = OneTimeKeyStore(transaction)
            for name in ["c", "a", "b"] {
                #expect(try store.add(JSON(["key": .string(name)]), algorithm: "x", keyID: name, of: Names.alice, device: "D") == .added)
            }
            #expect(try store.claim("x", of: Names.alice, device: "D")?.keyID == "c")
            #expect(try store.counts(of: Names.alice, device: "D").map(\.count) == [2])
            #expect(try store.claim("y", of: Names.alice, device: "D") == nil)
            #expect(try store.claim("x", of: Names.alice, device: "D")?.keyID == "a")
            #expect(try store.claim("x", of: Names.alice, device: "D")?.keyID == "b")
            #expect(try store.claim("x", of: Names.alice, device: "D") == nil)
            #expect(try store.counts(of: Names.alice, device: "D").isEmpty)
        }
    }

    @Test func `a claimed key is known as long as it is kept, another of its name is a new one`() async throws {
        try await prepared().write { (transaction) throws in
            let store = OneTimeKeyStore(transaction)
            func add(_ key: String) throws -> OneTimeKeyStore.Addition {
                try store.add(JSON(["key": .string(key)]), algorithm: "x", keyID: "k", of: Names.alice, device: "D")
            }
            #expect(try add("1") == .added)
            #expect(try add("2") == .conflicting)
            #expect(try store.claim("x", of: Names.alice, device: "D") != nil)
            #expect(try add("1") == .known)
            #expect(try store.claim("x", of: Names.alice, device: "D") == nil)
            #expect(try add("2") == .added)
            #expect(try store.claim("x", of: Names.alice, device: "D")?.key == JSON(["key": "2"]))
            try store.forgetClaimed(of: Names.alice, device: "D", keeping: 0)
            #expect(try add("2") == .added)
        }
    }

    @Test func `keys and messages end with their device`() async throws {
        try await prepared().write { (transaction) throws in
            let store = OneTimeKeyStore(transaction)
            _ = try store.add(JSON(["key": "1"]), algorithm: "x", keyID: "k", of: Names.alice, device: "D")
            try store.setFallback(JSON(["key": "f"]), algorithm: "x", keyID: "f", of: Names.alice, device: "D")
            try DeviceKeyStore(transaction).set(JSON(["a": 1]), of: Names.alice, device: "D")
            try DeviceMessageStore(transaction).add([1], to: "D", of: Names.alice, position: 5)
            #expect(try DeviceStore(transaction).delete("D", of: Names.alice))
            #expect(try DeviceKeyStore(transaction).devices(of: Names.alice).isEmpty)
            #expect(try store.claim("x", of: Names.alice, device: "D") == nil)
            #expect(try DeviceMessageStore(transaction).extent(for: "D", of: Names.alice) == nil)
        }
    }
}
