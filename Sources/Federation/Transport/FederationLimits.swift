/// The bounds of what other servers can make this one do.
public struct FederationLimits: Sendable {
    // Transport
    /// Time to open one TCP connection and complete its TLS handshake, each.
    public var connectTimeoutMilliseconds = 10_000
    /// Time from sending a request to the end of its answer, where a call does not say otherwise.
    public var requestTimeoutMilliseconds = 60_000
    /// Time for answers that carry a whole room, or wait for one to be made.
    public var longRequestTimeoutMilliseconds = 180_000
    /// Largest answer that is read, where a call does not say otherwise.
    public var responseBytes = 8 << 20
    /// Largest answer that carries a room's state.
    public var roomResponseBytes = 128 << 20
    /// Connections at once to one destination; more requests wait.
    public var connectionsPerDestination = 8
    /// Requests that wait for a connection to one destination; more are refused.
    public var waitingPerDestination = 1_000
    /// Idle connections kept, to one destination and in all.
    public var idleConnectionsPerDestination = 4
    public var idleConnections = 512
    /// Time an idle connection is kept open.
    public var idleMilliseconds = 60_000
    /// Addresses tried for one request.
    public var addressesPerRequest = 6

    // Discovery
    public var wellKnownBytes = 50 << 10
    public var wellKnownRedirects = 5
    public var wellKnownTimeoutMilliseconds = 15_000
    /// "The recommended sensible default is 24 hours"; "48 hours is recommended" as maximum.
    public var wellKnownDefaultMilliseconds = 24 * 3_600_000
    public var wellKnownMaximumMilliseconds = 48 * 3_600_000
    public var wellKnownMinimumMilliseconds = 5 * 60_000
    /// Time a first error is remembered; it doubles with each further one, up to "an hour".
    public var wellKnownErrorMilliseconds = 2 * 60_000
    public var wellKnownMaximumErrorMilliseconds = 3_600_000
    public var serviceRecordsMilliseconds = 5 * 60_000
    public var addressesMilliseconds = 60_000
    public var discoveryEntries = 10_000
    public var serviceRecords = 16
    /// Threads that wait for DNS answers.
    public var resolverThreads = 8

    // Keys
    public var keyDocumentBytes = 64 << 10
    /// Largest answer with keys: a notary may give several documents.
    public var keysAnswerBytes = 1 << 20
    public var keysPerServer = 64
    public var keyCacheServers = 10_000
    /// "7 days into the future": the longest that a key counts as valid after it was fetched.
    public var keyValidityMilliseconds = 7 * 24 * 3_600_000
    /// Time in which a server whose document lacks a key is not asked again.
    public var keyRetryMilliseconds = 60_000
    /// The same where the server did not answer at all.
    public var keyFailureRetryMilliseconds = 5_000
    public var keyFetches = 32
    /// Time for all the keys of one batch of events together.
    public var keyRingMilliseconds = 30_000
    /// Time for one key document.
    public var keyTimeoutMilliseconds = 15_000

    // Receiving
    /// Longest chain of missing events that one received event may lead to is RoomServer's; this bounds the rooms handled at once.
    public var roomsAtOnce = 16
    /// Signature checks whose keys are fetched at once in one transaction.
    public var keyServersAtOnce = 32
    /// Transactions of one origin that wait for an earlier one.
    public var transactionsPerOrigin = 8
    /// Events in one answer of `backfill` and of `get_missing_events`.
    public var backfillEvents = 100
    public var missingEvents = 100

    // Sending
    public var pdusPerTransaction = 50
    public var edusPerTransaction = 100
    /// Ephemeral messages kept in memory for one destination; the oldest go first.
    public var queuedEDUs = 1_000
    /// First and last pause after failures; it doubles in between, with up to 20 % of chance.
    public var firstRetryMilliseconds = 2_000
    public var maximumRetryMilliseconds = 3_600_000
    /// Destinations served at once.
    public var destinationsAtOnce = 256

    public init() {}
}
