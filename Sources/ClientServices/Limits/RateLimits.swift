public import MatrixAPI

/// How often something may be done: a bucket of `burst` calls that fills with `perSecond` calls a second.
public struct RateLimit: Hashable, Sendable {
    public let perSecond: Double
    /// Calls that may come at once; at least 1.
    public let burst: Int

    /// Nil where the rate is not above 0 or the burst is below 1.
    public init?(perSecond: Double, burst: Int) {
        guard perSecond > 0, perSecond.isFinite, burst >= 1 else { return nil }
        self.init(perSecond, burst)
    }

    fileprivate init(_ perSecond: Double, _ burst: Int) {
        self.perSecond = perSecond
        self.burst = burst
    }
}

/// The rate limit of each class of endpoint.
public struct RateLimits: Sendable {
    private var limits: [RateLimitClass: RateLimit]

    private init(_ limits: [RateLimitClass: RateLimit]) {
        self.limits = limits
    }

    /// The limit of a class; nil where it is not limited.
    public subscript(limit: RateLimitClass) -> RateLimit? {
        get { limits[limit] }
        set { limits[limit] = limit == .none ? nil : newValue }
    }

    /// Nothing is limited: for tests and load.
    public static let off = RateLimits([:])

    /// What a server starts with: generous for one person, narrow for a flood.
    public static let standard = RateLimits(
        Dictionary(uniqueKeysWithValues: RateLimitClass.allCases.compactMap { limit in standardLimit(limit).map { (limit, $0) } }))

    private static func standardLimit(_ limit: RateLimitClass) -> RateLimit? {
        switch limit {
        case .none: nil
        case .read: RateLimit(50, 500)
        case .message: RateLimit(5, 50)
        case .delayedEvents: RateLimit(10, 100)
        case .roomCreation: RateLimit(0.2, 30)
        case .join: RateLimit(0.5, 20)
        case .invite: RateLimit(0.5, 30)
        case .login: RateLimit(0.2, 20)
        case .registration: RateLimit(0.2, 10)
        case .profile: RateLimit(0.5, 20)
        case .directory: RateLimit(1, 30)
        case .accountData: RateLimit(10, 200)
        case .keys: RateLimit(10, 200)
        case .media: RateLimit(20, 200)
        case .preview: RateLimit(5, 100)
        case .search: RateLimit(1, 20)
        case .report: RateLimit(0.1, 10)
        case .admin: RateLimit(50, 500)
        case .federation: RateLimit(100, 1000)
        }
    }
}
