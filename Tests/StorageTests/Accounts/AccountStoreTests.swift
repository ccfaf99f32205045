import Database
import MatrixModel
import Storage
import Testing

struct AccountStoreTests {
    @Test func `an account is found as it was made`() async throws {
        let database = try await migratedDatabase()
        let account = try await database.write { transaction in
            #expect(try AccountStore(transaction).create(Names.alice, passwordHash: "hash", isAdmin: true, appservice: "bridge", at: 5))
            return try AccountStore(transaction).account(Names.alice)
        }
        #expect(account?.user == Names.alice)
        #expect(account?.passwordHash == "hash")
        #expect(account?.created == 5)
        #expect(account?.appservice == "bridge")
        #expect(account?.standing.isAdmin == true)
        #expect(account?.standing.isGuest == false)
        #expect(account?.standing.isDeactivated == false)
    }

    @Test func `a user ID that is taken stays with its account`() async throws {
        let database = try await database(with: Names.alice)
        let (again, account) = try await database.write { transaction in
            (try AccountStore(transaction).create(Names.alice, passwordHash: "other", at: 2), try AccountStore(transaction).account(Names.alice))
        }
        #expect(!again)
        #expect(account?.passwordHash == "hash")
    }

    @Test func `each mark is set and taken back alone`() async throws {
        let database = try await database(with: Names.alice, Names.bob)
        typealias Setter = @Sendable (AccountStore, Bool) throws -> Void
        let marks: [(Setter, @Sendable (AccountStanding) -> Bool)] = [
            ({ try $0.setAdmin($1, of: Names.alice) }, { $0.isAdmin }), ({ try $0.setLocked($1, of: Names.alice) }, { $0.isLocked }),
            ({ try $0.setSuspended($1, of: Names.alice) }, { $0.isSuspended }),
            ({ try $0.setShadowBanned($1, of: Names.alice) }, { $0.isShadowBanned }),
        ]
        let blank = try await database.read { try AccountStore($0).account(Names.bob)?.standing }
        for (set, isSet) in marks {
            try await database.write { try set(AccountStore($0), true) }
            let marked = try await database.read { try AccountStore($0).account(Names.alice)?.standing }
            #expect(marked.map(isSet) == true)
            #expect(marks.count { _, other in marked.map(other) == true } == 1)
            try await database.write { try set(AccountStore($0), false) }
            #expect(try await database.read { try AccountStore($0).account(Names.alice)?.standing } == blank)
            #expect(try await database.read { try AccountStore($0).account(Names.bob)?.standing } == blank)
        }
    }

    @Test func `a guest becomes an ordinary account`() async throws {
        let database = try await migratedDatabase()
        let account = try await database.write { transaction in
            let accounts = AccountStore(transaction)
            _ = try accounts.create(Names.alice, passwordHash: nil, isGuest: true, at: 1)
            try accounts.upgradeGuest(Names.alice, passwordHash: "new")
            return try accounts.account(Names.alice)
        }
        #expect(account?.standing.isGuest == false)
        #expect(account?.passwordHash == "new")
    }

    @Test func `a password is changed and removed`() async throws {
        let database = try await database(with: Names.alice, Names.bob)
        let hashes = try await database.write { transaction in
            let accounts = AccountStore(transaction)
            try accounts.setPasswordHash("second", of: Names.alice)
            let changed = try accounts.account(Names.alice)?.passwordHash
            try accounts.setPasswordHash(nil, of: Names.alice)
            return [changed, try accounts.account(Names.alice)?.passwordHash, try accounts.account(Names.bob)?.passwordHash]
        }
        #expect(hashes == ["second", nil, "hash"])
    }

    @Test(arguments: [true, false])
    func `deactivation ends sessions and keeps the user ID taken`(erase: Bool) async throws {
        let database = try await database(with: Names.alice)
        try await database.write { transaction in
            try DeviceStore(transaction).ensure("D", of: Names.alice, displayName: nil, at: 1)
            try TokenStore(transaction).issue(access: [1], refresh: [2], to: Names.alice, device: "D", at: 1)
            try TokenStore(transaction).issue(access: [3], to: Names.alice, device: nil, at: 1)
            try LoginTokenStore(transaction).issue([4], to: Names.alice, expires: 100)
            try OpenIDTokenStore(transaction).issue([5], to: Names.alice, expires: 100)
            try ProfileStore(transaction).set("displayname", to: JSON("Alice"), user: Names.alice)
            try AccountDataStore(transaction).set("t", to: JSON([:]), user: Names.alice, position: 1)
            try AccountStore(transaction).deactivate(Names.alice, erase: erase, at: 9)
        }
        try await database.write { transaction in
            let account = try AccountStore(transaction).account(Names.alice)
            #expect(account?.standing.deactivated == 9)
            #expect(account?.standing.isErased == erase)
            #expect(account?.passwordHash == nil)
            #expect(try AccountStore(transaction).create(Names.alice, passwordHash: "x", at: 10) == false)
            #expect(try AccountStore(transaction).count() == 0)
            #expect(try DeviceStore(transaction).devices(of: Names.alice).isEmpty)
            #expect(try TokenStore(transaction).session(access: [1]) == nil)
            #expect(try TokenStore(transaction).session(access: [3]) == nil)
            #expect(try LoginTokenStore(transaction).redeem([4], at: 10) == nil)
            #expect(try OpenIDTokenStore(transaction).user([5], at: 10) == nil)
            #expect(try ProfileStore(transaction).fields(of: Names.alice).isEmpty == erase)
            #expect(try AccountDataStore(transaction).entries(user: Names.alice).isEmpty == erase)
        }
    }

    @Test func `a second deactivation keeps the first one's time and takes an erasure on`() async throws {
        let database = try await database(with: Names.alice)
        let standing = try await database.write { transaction in
            try AccountStore(transaction).deactivate(Names.alice, erase: true, at: 5)
            try AccountStore(transaction).deactivate(Names.alice, erase: false, at: 6)
            return try AccountStore(transaction).account(Names.alice)?.standing
        }
        #expect(standing?.deactivated == 5)
        #expect(standing?.isErased == true)
    }

    @Test func `accounts come in pages`() async throws {
        let database = try await database(with: Names.alice, Names.bob, Names.carol)
        let pages = try await database.read { transaction in
            let first = try AccountStore(transaction).accounts(limit: 2)
            return [first.map(\.user), try AccountStore(transaction).accounts(after: first.last?.user, limit: 2).map(\.user)]
        }
        #expect(pages == [[Names.alice, Names.bob], [Names.carol]])
        #expect(try await database.read { try AccountStore($0).count() } == 3)
    }
}
