/// Bounds of what a room does for one request.
enum Limits {
    /// Forward extremities that one new event names as previous (the specification allows 20).
    static let prevEvents = 20
    /// Events asked for with one `get_missing_events`.
    static let missingEvents = 20
    /// Rounds of fetching that one received event may cause.
    static let fetchRounds = 5
    /// Auth events fetched one by one for one received event.
    static let authEventFetches = 200
    /// Branches between a state and its root before the state is written out whole.
    static let branchDepth = 50
    /// Branches of the state log that a room remembers the end of.
    static let knownBranches = 512
    /// States told by another server for one received event.
    static let toldStates = 4
    /// Refused or soft-failed events looked through for the extremities that a new event replaces.
    static let refusedSteps = 100
    /// Events that a room remembers the place of, in each of two generations.
    static let recentEvents = 2_048
    /// Steps between states that a room remembers, in each of two generations.
    static let stateSteps = 2_048
    /// Times that a decision is made anew after another commit came first.
    static let decisionRetries = 5
    /// Events kept in memory, in each of two generations.
    static let cachedEvents = 8_000
    /// Rooms whose context is kept in memory, in each of two generations.
    static let cachedRooms = 2_000
    /// States kept in memory for one room besides the current one.
    static let cachedStates = 16
    /// Changes that the feed keeps for syncing clients.
    static let feedTail = 4_096
    /// Events that one page of backfill asks for.
    static let backfill = 100
    /// Pages of backfill with which one event of the past is reached, before it is fetched alone.
    static let historyPages = 3
}
