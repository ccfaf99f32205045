import MatrixModel
import Storage

/// A person's memberships of one room over time, oldest first.
struct MembershipHistory {
    let changes: [(position: Position, membership: Membership?)]

    /// The membership at a position.
    func membership(at position: Position) -> Membership? {
        changes.last { $0.position <= position }?.membership
    }

    /// Whether the person was joined at a position and ever since.
    func joined(throughout position: Position) -> Bool {
        membership(at: position) == .join && !changes.contains { $0.position > position && $0.membership != .join }
    }

    /// The position at which the person last ceased to be joined, nil where they never were.
    var lastDeparture: Position? {
        var departure: Position?
        var isJoined = false
        for change in changes {
            if isJoined, change.membership != .join { departure = change.position }
            isJoined = change.membership == .join
        }
        return departure
    }
}
