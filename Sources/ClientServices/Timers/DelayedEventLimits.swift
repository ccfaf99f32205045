/// Bounds of what waits to be sent.
enum DelayedEventLimits {
    /// How long an event that ended can be asked for, and how many of one person at most.
    static let keptMilliseconds = 7 * 24 * 60 * 60 * 1000
    static let keptEvents = 1_000
    /// Ended events that one list shows.
    static let listedEnded = 100
    /// Events sent in one round, and rooms at once.
    static let round = 500
    static let rooms = 8
    /// How long to wait after a failure that is not the sender's, and how often to try.
    static let retryMilliseconds = 10_000
    static let tries = 20
    /// Longest sleep: the clock may be set while this server sleeps.
    static let longestSleepMilliseconds = 30_000
    /// How often what is over is cleared away.
    static let upkeepMilliseconds = 10 * 60 * 1000
}
