public import Database
public import MatrixModel

/// The filters that clients have uploaded.
public struct FilterStore {
    private let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    /// Keeps a filter and gives its number; the same filter gets the same number.
    public func add(_ filter: JSON, user: UserID) throws -> Int {
        let content = filter.lenientBytes()
        if let known = try transaction.first("SELECT filter FROM filters WHERE user_id = \(user) AND content = \(content)") {
            return known.integer(0)
        }
        let number = try transaction.first("SELECT coalesce(max(filter), 0) + 1 FROM filters WHERE user_id = \(user)")?.integer(0) ?? 1
        try transaction.execute("INSERT INTO filters (user_id, filter, content) VALUES (\(user), \(number), \(content))")
        return number
    }

    public func filter(_ number: Int, user: UserID) throws -> JSON? {
        try transaction.first("SELECT content FROM filters WHERE user_id = \(user) AND filter = \(number)") { try $0.json(0) }
    }
}
