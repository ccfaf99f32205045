public import MatrixModel
public import RoomGraph

/// A key that is wanted to check a signature.
public struct KeyNeed: Hashable, Sendable {
    public let server: ServerName
    /// Such as `ed25519:auto`.
    public let keyID: String
    /// Milliseconds since the epoch at which the key should be valid; nil where that does not matter.
    public let validAt: Int?

    public init(server: ServerName, keyID: String, validAt: Int?) {
        self.server = server
        self.keyID = keyID
        self.validAt = validAt
    }
}

/// A key of another server, and until when it may be used.
struct KnownKey: Hashable, Sendable {
    let key: VerifyKey
    /// Milliseconds since the epoch: `valid_until_ts`, at most seven days from the fetch, or `expired_ts` of an old key.
    let validUntil: Int
    /// Whether the server gave it up.
    var isRetired = false
}

/// The keys found for a set of needs: a value, so that checking waits for nothing.
public struct KeyRing: Sendable {
    private var keys: [ServerName: [String: KnownKey]] = [:]

    init() {}

    mutating func add(_ found: [String: KnownKey], of server: ServerName) {
        keys[server, default: [:]].merge(found) { _, new in new }
    }

    /// The key, where it is known and, if asked, was valid at that time.
    public func key(of server: ServerName, _ keyID: String, validAt time: Int?) -> VerifyKey? {
        guard let known = keys[server]?[keyID] else { return nil }
        if let time, time > known.validUntil { return nil }
        return known.key
    }
}
