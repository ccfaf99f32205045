/// Bounds of counting.
enum UnreadLimits {
    /// The newest events of a room that count as unread; what is older does not.
    static let window = 2_000
    /// Events beyond the window that a tally keeps before it lets the oldest go.
    static let slack = 256
    /// Events that one read of the timeline gives.
    static let batch = 500
    /// Rooms whose tally is in memory, and counts of one person in one room likewise.
    static let tallies = 1_024
    static let counts = 65_536
    /// People whose rules are in memory.
    static let people = 8_192
    /// The newest events that a tally keeps whole, for people with rules of their own.
    static let wholeEvents = 16
    /// Senders, mentioned people and threads that one tally knows before it begins anew.
    static let names = 16_384
    /// Users that one event can mention.
    static let mentions = 500
    /// Changes since a count that are looked through for a receipt, rather than asking the database.
    static let changes = 64
    /// Events that a count from the start, or by and by, has to go through before it is kept for the next start.
    static let coldScan = 8
    static let warmScan = 256
    /// Relations that are followed from an event to its thread: "implementations are encouraged to do a maximum of 3 hops".
    static let threadHops = 3
    /// Notifications that a page lists by default and at most, events that it looks at for them, and events of one room read at once.
    static let defaultPage = 20
    static let largestPage = 200
    static let pageScan = 2_000
    static let pageBatch = 20
}
