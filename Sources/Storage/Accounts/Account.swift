public import MatrixModel

/// A local account.
public struct Account: Sendable, Hashable {
    public let user: UserID
    /// The password's hash in PHC form; nil where the account has none.
    public let passwordHash: String?
    /// When it was made, in milliseconds since 1970.
    public let created: Int
    /// The identifier of the application service that it belongs to.
    public let appservice: String?
    public let standing: AccountStanding
}

/// What an account may do.
public struct AccountStanding: Sendable, Hashable {
    public let isGuest: Bool
    public let isAdmin: Bool
    /// May only log out (client-server API, "Account locking").
    public let isLocked: Bool
    /// May read but hardly write (client-server API, "Account suspension").
    public let isSuspended: Bool
    /// Is told that its messages were sent, though nobody gets them.
    public let isShadowBanned: Bool
    /// Asked at deactivation to be forgotten.
    public let isErased: Bool
    /// When it was deactivated, in milliseconds since 1970.
    public let deactivated: Int?

    /// Whether it is gone for good.
    public var isDeactivated: Bool { deactivated != nil }
}
