/// Bounds of what sliding sync keeps.
enum SlidingBounds {
    /// Connections of one device; the longest unused ends first.
    static let connectionsPerDevice = 16
    /// Connections whose newest answer is not written yet; beyond them, answers wait for their write.
    static let unwritten = 1_000
    /// How long a connection may rest.
    static let unusedMilliseconds = 30 * 24 * 3_600_000
    /// How late its use may be noted.
    static let touchMilliseconds = 24 * 3_600_000
    /// States that one connection may have demanded.
    static let demands = 100
    /// Members of a room that lazy loading remembers to have sent.
    static let rememberedMembers = 100
    /// Newest events that count as shown.
    static let shown = 1_000
    /// Rooms with more members are not passed through for a few slots of state.
    static let passedMembers = 500
    /// Lists of people, and states of connections, that are kept in memory.
    static let cachedLists = 512
    static let cachedConnections = 256
    static let cachedDepartures = 16_384
    /// Rooms as people who begin with them are told.
    static let cachedLooks = 4_096
    static let cachedDemands = 256
    /// People whose account data is in memory.
    static let cachedPeople = 512
    /// Rooms of a person whose account data is in memory.
    static let cachedRoomData = 256
    /// Rooms of a list that are looked up one by one; for more, all are read.
    static let singleRooms = 64
    /// Newest events of a room whose receipts are told to a client that was not told them before.
    static let receiptEvents = 50
    /// Changes of subscriptions to threads in one answer.
    static let threadSubscriptions = 100
    /// Sticky events in one answer.
    static let stickyEvents = 100
}
