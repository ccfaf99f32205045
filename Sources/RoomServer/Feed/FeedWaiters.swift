import MatrixModel
import Storage

/// The waits of `CommitFeed`, as a value: who waits, until when, and which of them keep the time for the others.
///
/// Only a wait that keeps the time sleeps; the others are one continuation each. Whenever the earliest deadline has no keeper, the wait that
/// has it becomes one.
struct FeedWaiters: Sendable {
    /// How a wait is told to go on.
    enum Signal: Sendable {
        /// Something concerns the user; nothing up to that position did.
        case news(quietThrough: Position)
        /// The time is over, or the caller gone; nothing up to that position concerns the user.
        case over(quietThrough: Position)
        /// The wait is to sleep until its deadline, for all.
        case keepTime
    }

    typealias Continuation = CheckedContinuation<Signal, Never>

    private struct Wait: Sendable {
        let user: UserID
        let deadline: Int
        /// Nil while the wait becomes a keeper.
        var continuation: Continuation?
        /// What it was told meanwhile.
        var pending: Signal?
    }

    private var waits: [Int64: Wait] = [:]
    private var byUser: [UserID: [Int64]] = [:]
    private var deadlines = DeadlineHeap()
    /// The deadlines of the waits that sleep.
    private var keepers: [Int64: Int] = [:]

    /// Users who wait.
    var userCount: Int { byUser.count }
    var users: Dictionary<UserID, [Int64]>.Keys { byUser.keys }
    /// How many waits nothing was told yet.
    var count: Int { byUser.values.reduce(0) { $0 + $1.count } }

    func contains(_ id: Int64) -> Bool { waits[id] != nil }

    // MARK: Beginning

    /// Registers a wait; true where it is to keep the time.
    mutating func add(_ id: Int64, _ user: UserID, deadline: Int, _ continuation: Continuation) -> Bool {
        let keeps = deadline < keepers.values.min() ?? .max
        waits[id] = Wait(user: user, deadline: deadline, continuation: keeps ? nil : continuation)
        byUser[user, default: []].append(id)
        deadlines.insert(DeadlineHeap.Entry(deadline: deadline, id: id))
        if keeps { keepers[id] = deadline }
        return keeps
    }

    /// Parks a wait that became a keeper; what it was told meanwhile, if anything.
    mutating func park(_ id: Int64, _ continuation: Continuation) -> Signal? {
        guard let wait = waits[id] else { return nil }
        if let pending = wait.pending { return pending }
        waits[id]?.continuation = continuation
        return nil
    }

    // MARK: Telling

    /// Takes out all waits of a user and notes what they are told; gives those to resume.
    mutating func take(_ user: UserID, _ signal: Signal) -> [Continuation] {
        (byUser.removeValue(forKey: user) ?? []).compactMap { tell($0, signal) }
    }

    /// Takes out one wait; gives what is to be resumed.
    mutating func take(_ id: Int64, _ signal: Signal) -> Continuation? {
        guard let user = waits[id]?.user else { return nil }
        byUser[user]?.removeAll { $0 == id }
        if byUser[user]?.isEmpty == true { byUser[user] = nil }
        return tell(id, signal)
    }

    private mutating func tell(_ id: Int64, _ signal: Signal) -> Continuation? {
        guard let wait = waits[id], wait.pending == nil else { return nil }
        guard let continuation = wait.continuation else {
            waits[id]?.pending = signal
            return nil
        }
        waits[id] = nil
        return continuation
    }

    // MARK: Time

    /// Takes out the waits whose time is over.
    mutating func expire(at now: Int, _ signal: Signal) -> [Continuation] {
        var over: [Continuation] = []
        while let earliest = deadlines.earliest, earliest.deadline <= now || waits[earliest.id] == nil {
            deadlines.removeEarliest()
            if let continuation = take(earliest.id, signal) { over.append(continuation) }
        }
        return over
    }

    /// Ends a wait; where it kept the time, gives the one that does so from now on.
    mutating func end(_ id: Int64) -> Continuation? {
        if let continuation = take(id, .keepTime) {
            // It is over without having been told: the caller of a wait that has ended is not parked.
            continuation.resume(returning: .keepTime)
        }
        waits[id] = nil
        deadlines.compact(keeping: waits.count) { waits[$0] == nil }
        guard keepers.removeValue(forKey: id) != nil else { return nil }
        while let earliest = deadlines.earliest {
            guard let wait = waits[earliest.id], wait.pending == nil else {
                deadlines.removeEarliest()
                continue
            }
            guard earliest.deadline < keepers.values.min() ?? .max, let continuation = wait.continuation else { return nil }
            waits[earliest.id]?.continuation = nil
            keepers[earliest.id] = earliest.deadline
            return continuation
        }
        return nil
    }
}
