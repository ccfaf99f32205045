import HashTreeCollections
public import MatrixModel

/// A set of users of which changed copies share what they have in common: a large room's members are in every change of the feed.
public struct UserSet: Sequence, Equatable, Sendable, ExpressibleByArrayLiteral {
    private var users: TreeSet<UserID>

    public init(_ users: some Sequence<UserID>) {
        self.users = TreeSet(users)
    }

    public init(arrayLiteral users: UserID...) {
        self.init(users)
    }

    /// How many users there are.
    public var count: Int { users.count }
    public var isEmpty: Bool { users.isEmpty }
    public var underestimatedCount: Int { users.count }

    /// Whether the user is among them.
    public func contains(_ user: UserID) -> Bool { users.contains(user) }

    /// The users, in no certain order.
    public func makeIterator() -> AnyIterator<UserID> {
        var iterator = users.makeIterator()
        return AnyIterator { iterator.next() }
    }

    mutating func insert(_ user: UserID) { users.insert(user) }

    mutating func remove(_ user: UserID) { users.remove(user) }
}
