/// Bounds of what one request about rooms may cost.
enum RoomLimits {
    /// Events of a page where the client asks for no number, and at most.
    static let defaultPage = 10
    static let largestPage = 1_000
    /// Children of an event on a page where the client asks for no number, and the generations that are followed: "Homeservers SHOULD traverse
    /// at least 3 levels of relationships".
    static let defaultRelations = 20
    static let relationDepth = 3
    /// Threads of a page where the client asks for no number, and at most.
    static let defaultThreads = 20
    static let largestThreads = 100
    /// Events of one room's timeline in a sync, by default and at most.
    static let defaultTimeline = 10
    static let largestTimeline = 200
    /// Events that are read at once while looking for those that pass a filter.
    static let readBatch = 100
    /// Events read in all for one page before it is given as it is.
    static let largestScan = 2_000
    /// Longest wait of a sync.
    static let longestSyncMilliseconds = 600_000
    /// Rooms that are looked up one by one; for more, all memberships of the person are read at once.
    static let singleMembershipLookups = 64
    /// Members that a room's summary names.
    static let heroes = 5
    /// Events kept in their form for clients.
    static let cachedClientEvents = 16_384
    static let cachedVisibilities = 8_192
    static let cachedMemberships = 32_768
    static let cachedSlots = 16_384
    /// Devices, and member events for each, of which is remembered what lazy loading has sent.
    static let lazyDevices = 2_000
    static let lazyMembers = 200
    /// Longest typing notification.
    static let longestTypingMilliseconds = 120_000
    static let defaultTypingMilliseconds = 30_000
    /// How late the end of typing may be noticed.
    static let typingCheckMilliseconds = 500
    /// Rooms that a page of the directory shows by default and at most.
    static let defaultDirectoryPage = 50
    static let largestDirectoryPage = 500
    /// Invitations that one room creation may ask for.
    static let invitesAtCreation = 100
    static let reasonBytes = 1_000
}
