import MatrixModel

/// Users and threads of a tally, by small numbers.
struct TallyNames: Sendable {
    private(set) var users: [UserID] = []
    private var userNumbers: [UserID: Int32] = [:]
    /// Thread 0 is the main timeline.
    private(set) var threads: [EventID?] = [nil]
    private var threadNumbers: [EventID: Int32] = [:]
    private(set) var mentionLists: [[Int32]] = []

    /// How much is known.
    var count: Int { users.count + threads.count + mentionLists.count }

    /// The number of a user; nil for who neither sent nor was mentioned.
    func number(of user: UserID) -> Int32? { userNumbers[user] }

    mutating func add(_ user: UserID) -> Int32 {
        if let known = userNumbers[user] { return known }
        let number = Int32(users.count)
        users.append(user)
        userNumbers[user] = number
        return number
    }

    mutating func add(thread: EventID?) -> Int32 {
        guard let thread else { return 0 }
        if let known = threadNumbers[thread] { return known }
        let number = Int32(threads.count)
        threads.append(thread)
        threadNumbers[thread] = number
        return number
    }

    func number(ofThread thread: EventID) -> Int32? { threadNumbers[thread] }

    mutating func add(mentions list: [Int32]) -> Int32 {
        mentionLists.append(list)
        return Int32(mentionLists.count - 1)
    }
}
