import DequeModule

/// Lets one task at a time decide about a room, in the order of arrival; a part of the room's actor.
struct Turn {
    private var isTaken = false
    private var waiting: Deque<CheckedContinuation<Void, Never>> = []

    /// Takes the turn if it is free.
    mutating func takeIfFree() -> Bool {
        guard !isTaken else { return false }
        isTaken = true
        return true
    }

    mutating func wait(_ continuation: CheckedContinuation<Void, Never>) {
        waiting.append(continuation)
    }

    /// Hands the turn to the next in line.
    mutating func end() {
        if let next = waiting.popFirst() { next.resume() } else { isTaken = false }
    }
}
