import Database
import MatrixModel
import Storage
import Testing

struct TokenStoreTests {
    /// A database with a device of Alice's, whose access token is 1 and refresh token 2.
    private func databaseWithSession() async throws -> Database {
        let database = try await database(with: Names.alice)
        try await database.write { transaction in
            try DeviceStore(transaction).ensure("D", of: Names.alice, displayName: nil, at: 1)
            try TokenStore(transaction).issue(access: [1], expires: 50, refresh: [2], to: Names.alice, device: "D", at: 1)
        }
        return database
    }

    @Test func `a token names its user, device and the account's standing`() async throws {
        let database = try await databaseWithSession()
        let session = try await database.write { transaction in
            try AccountStore(transaction).setLocked(true, of: Names.alice)
            return try TokenStore(transaction).session(access: [1])
        }
        #expect(session?.user == Names.alice)
        #expect(session?.device == "D")
        #expect(session?.expires == 50)
        #expect(session?.isUnconfirmed == false)
        #expect(session?.standing.isLocked == true)
        #expect(try await database.read { try TokenStore($0).session(access: [9]) } == nil)
    }

    @Test func `a token cannot be for a device that is not there`() async throws {
        let database = try await database(with: Names.alice)
        await #expect(throws: DatabaseError.self) {
            try await database.write { try TokenStore($0).issue(access: [1], to: Names.alice, device: "D", at: 1) }
        }
    }

    @Test func `the old pair holds until the new access token is used`() async throws {
        let database = try await databaseWithSession()
        try await database.write { transaction in
            let tokens = TokenStore(transaction)
            let exchanged = try tokens.exchange(refresh: [2], forAccess: [3], expires: 90, newRefresh: [4], at: 10)
            #expect(exchanged?.user == Names.alice)
            #expect(exchanged?.device == "D")
            #expect(try tokens.session(access: [1]) != nil)
            #expect(try tokens.session(access: [3])?.isUnconfirmed == true)
            try tokens.confirm(access: [3])
            #expect(try tokens.session(access: [1]) == nil)
            #expect(try tokens.session(access: [3])?.isUnconfirmed == false)
            #expect(try tokens.exchange(refresh: [2], forAccess: [5], expires: nil, newRefresh: [6], at: 11) == nil)
            #expect(try tokens.exchange(refresh: [4], forAccess: [5], expires: nil, newRefresh: [6], at: 11) != nil)
        }
    }

    @Test func `a lost answer can be asked for again, and the lost pair ends`() async throws {
        let database = try await databaseWithSession()
        try await database.write { transaction in
            let tokens = TokenStore(transaction)
            _ = try tokens.exchange(refresh: [2], forAccess: [3], expires: nil, newRefresh: [4], at: 10)
            #expect(try tokens.exchange(refresh: [2], forAccess: [5], expires: nil, newRefresh: [6], at: 11) != nil)
            #expect(try tokens.session(access: [3]) == nil)
            #expect(try tokens.exchange(refresh: [4], forAccess: [7], expires: nil, newRefresh: [8], at: 12) == nil)
            #expect(try tokens.session(access: [5]) != nil)
        }
    }

    @Test func `using the new refresh token ends the one before it`() async throws {
        let database = try await databaseWithSession()
        try await database.write { transaction in
            let tokens = TokenStore(transaction)
            _ = try tokens.exchange(refresh: [2], forAccess: [3], expires: nil, newRefresh: [4], at: 10)
            #expect(try tokens.exchange(refresh: [4], forAccess: [5], expires: nil, newRefresh: [6], at: 11) != nil)
            #expect(try tokens.exchange(refresh: [2], forAccess: [7], expires: nil, newRefresh: [8], at: 12) == nil)
            try tokens.confirm(access: [5])
            #expect(try tokens.session(access: [3]) == nil)
            #expect(try tokens.exchange(refresh: [4], forAccess: [7], expires: nil, newRefresh: [8], at: 13) == nil)
            #expect(try tokens.exchange(refresh: [6], forAccess: [7], expires: nil, newRefresh: [8], at: 13) != nil)
        }
    }

    @Test func `an expired refresh token gives nothing`() async throws {
        let database = try await databaseWithSession()
        try await database.write { transaction in
            let tokens = TokenStore(transaction)
            try tokens.issue(access: [3], refresh: [4], refreshExpires: 20, to: Names.alice, device: "D", at: 1)
            #expect(try tokens.exchange(refresh: [4], forAccess: [5], expires: nil, newRefresh: [6], at: 20) == nil)
            #expect(try tokens.exchange(refresh: [4], forAccess: [5], expires: nil, newRefresh: [6], at: 19) != nil)
        }
    }

    @Test func `a revoked token ends with its refresh token, and the device stays`() async throws {
        let database = try await databaseWithSession()
        try await database.write { transaction in
            let tokens = TokenStore(transaction)
            let revoked = [try tokens.revoke(access: [1]), try tokens.revoke(access: [1])]
            #expect(revoked == [true, false])
            #expect(try tokens.session(access: [1]) == nil)
            #expect(try tokens.exchange(refresh: [2], forAccess: [5], expires: nil, newRefresh: [6], at: 2) == nil)
            #expect(try DeviceStore(transaction).device("D", of: Names.alice) != nil)
        }
    }

    @Test func `a new login on a device ends what was there`() async throws {
        let database = try await databaseWithSession()
        try await database.write { transaction in
            let tokens = TokenStore(transaction)
            try tokens.revokeAll(of: Names.alice, device: "D")
            try tokens.issue(access: [3], to: Names.alice, device: "D", at: 2)
            #expect(try tokens.session(access: [1]) == nil)
            #expect(try tokens.session(access: [3]) != nil)
            #expect(try tokens.exchange(refresh: [2], forAccess: [5], expires: nil, newRefresh: [6], at: 2) == nil)
        }
    }

    @Test func `expired tokens are cleared away and others stay`() async throws {
        let database = try await databaseWithSession()
        try await database.write { transaction in
            let tokens = TokenStore(transaction)
            try tokens.issue(access: [3], to: Names.alice, device: "D", at: 2)
            try tokens.deleteExpired(before: 49)
            #expect(try tokens.session(access: [1]) != nil)
            try tokens.deleteExpired(before: 50)
            #expect(try tokens.session(access: [1]) == nil)
            #expect(try tokens.session(access: [3]) != nil)
        }
    }

    @Test func `a login token works once and in time`() async throws {
        let database = try await database(with: Names.alice)
        try await database.write { transaction in
            let tokens = LoginTokenStore(transaction)
            try tokens.issue([1], to: Names.alice, expires: 10)
            try tokens.issue([2], to: Names.alice, expires: 10)
            #expect(try tokens.redeem([1], at: 9) == Names.alice)
            #expect(try tokens.redeem([1], at: 9) == nil)
            #expect(try tokens.redeem([2], at: 10) == nil)
        }
    }

    @Test func `an OpenID token works until it expires`() async throws {
        let database = try await database(with: Names.alice)
        try await database.write { transaction in
            let tokens = OpenIDTokenStore(transaction)
            try tokens.issue([1], to: Names.alice, expires: 10)
            #expect(try tokens.user([1], at: 9) == Names.alice)
            #expect(try tokens.user([1], at: 9) == Names.alice)
            #expect(try tokens.user([1], at: 10) == nil)
            try tokens.deleteExpired(at: 10)
            #expect(try tokens.user([1], at: 1) == nil)
        }
    }
}
