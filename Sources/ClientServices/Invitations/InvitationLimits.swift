/// Bounds of what invite links may take.
enum InvitationLimits {
    /// How long a link lasts of which nothing else is said, and at most where it ends.
    static let standardMilliseconds = 7 * 24 * 60 * 60 * 1000
    static let longestMilliseconds = 10 * 365 * 24 * 60 * 60 * 1000
    /// Most uses that a link can be limited to.
    static let uses = 1_000_000
    /// Longest label, in bytes.
    static let labelBytes = 400
    /// Open links of one room.
    static let linksPerRoom = 500
    /// Codes drawn before it is taken for impossible to find a free one.
    static let codeAttempts = 5
    /// Channels that newcomers are joined to, and names of them that strangers are told.
    static let firstChannels = 50
    static let namedChannels = 20
    /// What strangers are told of a community's rules: how many, and bytes of one text.
    static let rules = 50
    static let textBytes = 4000
    /// The picture of a room, wide and high, in pixels.
    static let avatarPixels = 96
    /// Members of a room in which those who are there are counted, rooms whose count is remembered, and for how long.
    static let countedMembers = 20_000
    static let rememberedCounts = 1_000
    static let countMilliseconds = 30_000
}
