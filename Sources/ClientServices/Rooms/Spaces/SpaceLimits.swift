/// Bounds of what walking through spaces may cost.
enum SpaceLimits {
    /// Rooms of a page where the client asks for no number, and at most.
    static let defaultPage = 50
    static let largestPage = 100
    /// Steps below the first room, at most.
    static let largestDepth = 50
    /// Rooms that one request walks over, those of earlier pages included.
    static let walked = 2_000
    /// Children of one room that are looked at.
    static let children = 1_000
    /// Children that another server is told of.
    static let toldChildren = 200
    /// Servers asked about one room.
    static let serversPerRoom = 3
    /// Rooms of other servers that one request asks about, and at once.
    static let remoteRooms = 60
    static let remoteAtOnce = 8
    /// Time for all of what one request asks other servers.
    static let remoteMilliseconds = 20_000
    /// Time for the answers about one room.
    static let remoteRoomMilliseconds = 10_000
    /// How long an answer is remembered, and how long that there was none.
    static let rememberedMilliseconds = 5 * 60_000
    static let failureMilliseconds = 60_000
    /// Answers remembered, and the largest that is.
    static let remembered = 500
    static let rememberedBytes = 128 << 10
    /// Summaries of this server's rooms kept in memory.
    static let cachedSummaries = 8_192
    /// Bytes of one text of a summary.
    static let textBytes = 8 << 10
    /// Rooms of one page of mutual rooms.
    static let mutualPage = 500
}
