import CSodium
import MatrixModel
import NIOPosix
import Synchronization

/// How much a password hash costs.
public enum PasswordCost: Sendable {
    /// Argon2id with 19 MiB and two passes.
    case standard
    /// The least that libsodium allows: for tests and load.
    case cheap

    fileprivate var passes: UInt64 {
        switch self {
        case .standard: 2
        case .cheap: 1
        }
    }

    fileprivate var memoryKibibytes: Int {
        switch self {
        case .standard: 19 * 1024
        case .cheap: 8
        }
    }
}

/// Argon2id hashes as PHC strings, computed on a thread pool of their own: each takes tens of milliseconds.
final class PasswordHasher: Sendable {
    private let cost: PasswordCost
    private let pool: NIOThreadPool
    private let waiting = Mutex(0)

    /// `pool` must be running for as long as the hasher is used.
    init(cost: PasswordCost, pool: NIOThreadPool) {
        self.cost = cost
        self.pool = pool
        // Idempotent; it fails only where the system has no source of randomness, in which case hashing fails as well.
        _ = sodium_init()
    }

    /// The PHC string of a password, with a fresh salt.
    func hash(_ password: String) async throws -> String {
        let cost = cost
        return try await compute { try PasswordHasher.hash(password, cost: cost) }
    }

    /// Whether the password belongs to the hash. Takes as long where `hash` is nil, so that nobody learns which accounts exist.
    func verify(_ password: String, against hash: String?) async throws -> Bool {
        let candidate = hash ?? decoy
        let matches = try await compute { PasswordHasher.verify(password, against: candidate) }
        return matches && hash != nil
    }

    /// A well-formed hash that no password has, of the same cost as a real one.
    private var decoy: String {
        let salt = String(repeating: "A", count: 22)
        let digest = String(repeating: "A", count: 43)
        return "$argon2id$v=19$m=\(cost.memoryKibibytes),t=\(cost.passes),p=1$\(salt)$\(digest)"
    }

    private func compute<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        let admitted = waiting.withLock { waiting -> Bool in
            guard waiting < AccountLimits.waitingPasswordComputations else { return false }
            waiting += 1
            return true
        }
        guard admitted else {
            throw MatrixError(429, .limitExceeded, "Too many logins at once.", extra: ["retry_after_ms": 1000])
        }
        defer { waiting.withLock { $0 -= 1 } }
        return try await pool.runIfActive(body)
    }

    private static func hash(_ password: String, cost: PasswordCost) throws -> String {
        var output = [CChar](repeating: 0, count: crypto_pwhash_strbytes())
        let length = UInt64(password.utf8.count)
        guard crypto_pwhash_str(&output, password, length, cost.passes, cost.memoryKibibytes * 1024) == 0 else {
            throw PasswordHashError.outOfMemory
        }
        return String(decoding: output.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// In constant time, as libsodium compares.
    private static func verify(_ password: String, against hash: String) -> Bool {
        crypto_pwhash_str_verify(hash, password, UInt64(password.utf8.count)) == 0
    }
}

/// Why a password could not be hashed.
enum PasswordHashError: Error {
    /// The memory that Argon2id asks for was not to be had.
    case outOfMemory
}
