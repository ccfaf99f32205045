import MatrixModel
import RoomGraph
public import Storage

/// Which events of a room a user may see, from how the room's history visibility and the user's membership changed over time.
///
/// Both are read from the current state as it stood when the event arrived. History that was fetched later counts as of the oldest state known.
public struct RoomVisibility: Sendable {
    private let user: UserID
    private let visibilities: [(position: Position, value: HistoryVisibility)]
    private let memberships: [(position: Position, value: Membership?)]

    init(
        user: UserID, visibilities: [(position: Position, value: HistoryVisibility)], memberships: [(position: Position, value: Membership?)]
    ) {
        self.user = user
        self.visibilities = visibilities
        self.memberships = memberships
    }

    /// Whether the user may see the event.
    public func allows(_ stored: StoredEvent) -> Bool {
        let position = stored.position ?? stored.ordering.map { $0 >> 20 } ?? 0
        return HistoryVisibility.isVisible(
            stored.event, to: user, visibilityBefore: visibility(before: position), membershipBefore: membership(before: position),
            joinedLater: memberships.contains { $0.position >= position && $0.value == .join })
    }

    /// Whether the user was ever joined.
    var wasJoined: Bool { memberships.contains { $0.value == .join } }

    /// The user's membership just before a position.
    func membership(before position: Position) -> Membership? {
        memberships.last { $0.position < position }?.value
    }

    private func visibility(before position: Position) -> HistoryVisibility {
        (visibilities.last { $0.position < position } ?? visibilities.first)?.value ?? .shared
    }
}
