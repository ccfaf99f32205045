public import MatrixModel

/// A link that lets people into a room.
public struct InviteLink: Sendable, Hashable {
    /// What the link ends in; whoever has it may come in.
    public let code: String
    /// The room's number.
    public let room: Int64
    /// In whose name people are invited.
    public let creator: UserID
    /// When it was made, in milliseconds since 1970.
    public let created: Int
    /// When it ends, in milliseconds since 1970; nil for never.
    public let expires: Int?
    /// How many people it lets in; nil for any number.
    public let maximumUses: Int?
    /// How many it let in, those included who are on their way.
    public let uses: Int
    /// What its creator calls it.
    public let label: String?

    public init(
        code: String, room: Int64, creator: UserID, created: Int, expires: Int?, maximumUses: Int?, uses: Int = 0, label: String? = nil
    ) {
        self.code = code
        self.room = room
        self.creator = creator
        self.created = created
        self.expires = expires
        self.maximumUses = maximumUses
        self.uses = uses
        self.label = label
    }

    /// Whether it lets one more in.
    public func isOpen(at now: Int) -> Bool {
        if let expires, expires <= now { return false }
        if let maximumUses, uses >= maximumUses { return false }
        return true
    }
}
