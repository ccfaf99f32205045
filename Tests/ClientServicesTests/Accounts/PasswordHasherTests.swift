import NIOPosix
import Testing

@testable import ClientServices

@Suite struct PasswordHasherTests {
    private let hasher = PasswordHasher(cost: .cheap, pool: .singleton)

    @Test func `a hash is Argon2id in PHC form with a fresh salt`() async throws {
        let hasher = PasswordHasher(cost: .standard, pool: .singleton)
        let first = try await hasher.hash("correct horse")
        #expect(first.hasPrefix("$argon2id$v=19$m=19456,t=2,p=1$"))
        #expect(try await hasher.hash("correct horse") != first)
        #expect(try await hasher.verify("correct horse", against: first))
    }

    @Test func `only the password itself belongs to its hash`() async throws {
        let hash = try await hasher.hash("correct horse")
        #expect(try await hasher.verify("correct horse", against: hash))
        #expect(try await !hasher.verify("correct hors", against: hash))
        #expect(try await !hasher.verify("", against: hash))
        #expect(try await !hasher.verify("correct horse\0", against: hash))
    }

    @Test func `no password belongs to no hash or to nonsense`() async throws {
        #expect(try await !hasher.verify("correct horse", against: nil))
        #expect(try await !hasher.verify("", against: "nonsense"))
    }

    /// A hash of the reference implementation's command line: `echo -n password | argon2 somesalt -id -t 2 -k 65536 -p 1`.
    @Test func `hashes made elsewhere with other costs are understood`() async throws {
        let hash = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
        #expect(try await hasher.verify("password", against: hash))
        #expect(try await !hasher.verify("Password", against: hash))
    }
}
