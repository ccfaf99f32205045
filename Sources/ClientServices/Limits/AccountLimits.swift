/// Bounds of what accounts and people's data may take.
enum AccountLimits {
    /// Rate-limit buckets held in memory.
    static let rateLimitBuckets = 100_000
    /// Access tokens whose owner is held in memory.
    static let cachedTokens = 100_000
    /// Password computations that may wait for a thread.
    static let waitingPasswordComputations = 64
    /// Longest password, in bytes: longer ones cost more to hash than they add.
    static let passwordBytes = 512
    /// Longest device identifier and display name of a device, in bytes.
    static let deviceBytes = 255
    /// Sessions of user-interactive authentication held in memory, and how long each lasts.
    static let authenticationSessions = 20_000
    static let authenticationSessionMilliseconds = 15 * 60 * 1000
    /// Login tokens held in memory, and how long each lasts (client-server API: two minutes are recommended).
    static let loginTokens = 10_000
    static let loginTokenMilliseconds = 2 * 60 * 1000
    /// Nonces of shared-secret registration held in memory, and how long each lasts.
    static let registrationNonces = 1_000
    static let registrationNonceMilliseconds = 60 * 1000
    /// How long an OpenID token lasts.
    static let openIDTokenSeconds = 3600
    /// How often expired tokens are removed, and how long an expired access token stays known.
    static let upkeepMilliseconds = 60 * 60 * 1000
    static let expiredTokenMilliseconds = 7 * 24 * 60 * 60 * 1000
    /// How stale `last_seen_ts` of a device may be.
    static let lastSeenMilliseconds = 10 * 60 * 1000
    /// Devices deleted in one call.
    static let devicesPerDeletion = 1_000
    /// A profile's canonical JSON, and a key of it, in bytes (client-server API, "Profiles").
    static let profileBytes = 65_536
    static let profileKeyBytes = 255
    /// Longest display name and avatar URL, in bytes.
    static let displayNameBytes = 256
    static let avatarURLBytes = 1_000
    /// Rooms in which a changed profile is announced at the same time.
    static let concurrentAnnouncements = 16
    /// Push rules of one's own, of all kinds together.
    static let pushRules = 1_000
    /// One piece of account data, in bytes, and a type's name.
    static let accountDataBytes = 1 << 20
    static let accountDataTypeBytes = 255
    /// A filter's JSON, in bytes.
    static let filterBytes = 65_536
    /// People that one search of the user directory gives at most.
    static let directoryResults = 50
    /// Memberships that one search of the user directory looks at.
    static let directoryCandidates = 20_000
    /// Client transactions that are remembered, of all users together.
    static let rememberedRequests = 1_000_000
}
