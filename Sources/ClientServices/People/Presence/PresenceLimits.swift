/// Bounds and times of presence.
enum PresenceLimits {
    /// Without activity for so long, a person is idle.
    static let idleMilliseconds = 5 * 60 * 1000
    /// So long after a device was last heard of, it is gone.
    static let absentMilliseconds = 30 * 1000
    /// Another server's user of whom nothing was heard for so long is taken to be offline.
    static let silentMilliseconds = 35 * 60 * 1000
    /// Other servers are told again after so long, before they take a user to be offline.
    static let repeatMilliseconds = 25 * 60 * 1000
    /// How often changes are told, and how often the ends of times are looked for.
    static let roundMilliseconds = 1_000
    static let sweepMilliseconds = 5_000
    static let remoteSweepMilliseconds = 60_000
    /// Devices of one user that are told apart.
    static let devices = 20
    /// Users of whom something is known, here and elsewhere.
    static let localUsers = 100_000
    static let remoteUsers = 50_000
    /// Changes that are found by their serial; for an older one, all users are looked at.
    static let log = 20_000
    /// People whose rooms are in memory.
    static let circles = 20_000
    /// Joins that wait to be answered with the presence of those who were there.
    static let arrivals = 1_000
    /// Users that one sync is told of at most, and that are looked at for it.
    static let toldAtOnce = 1_000
    static let lookedAt = 5_000
    /// Users in one message of another server.
    static let largestUnit = 1_000
    /// So few are woken at once; more are woken together with others, so many a second in the long run.
    static let smallAudience = 20
    static let wakesPerSecond = 40
    /// So few servers are told at once; more are told with others, so many a second in the long run, and not later than after so long.
    static let fewServers = 20
    static let serversPerSecond = 20
    static let longestDelayMilliseconds = 120_000
    /// Longest status text, in bytes.
    static let statusBytes = 1_024
}
