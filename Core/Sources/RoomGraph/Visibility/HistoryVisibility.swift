public import MatrixModel

/// Who may see an event (client-server API, "Room History Visibility").
public enum HistoryVisibility: String, Sendable, CaseIterable {
    case worldReadable = "world_readable"
    case shared, invited, joined

    /// What an `m.room.history_visibility` event sets: "By default if no history_visibility is set, or if the value is not understood, the
    /// visibility is assumed to be shared."
    public init(of event: Event?) {
        self = event?.content["history_visibility"]?.string.flatMap { HistoryVisibility(rawValue: $0) } ?? .shared
    }

    /// Whether a user may see an event at which this was the visibility and that was the user's membership; `joinedLater` tells whether the
    /// user joined at any point after it.
    public func isVisible(membership: Membership?, joinedLater: Bool) -> Bool {
        switch self {
        case .worldReadable: true
        case .shared: membership == .join || joinedLater
        case .invited: membership == .join || membership == .invite
        case .joined: membership == .join
        }
    }

    /// Whether a user may see an event, given the visibility and the user's membership before it.
    ///
    /// For `m.room.history_visibility` events, and for the user's own `m.room.member` events, what holds after the event counts as well.
    public static func isVisible(
        _ event: Event, to user: UserID, visibilityBefore: HistoryVisibility, membershipBefore: Membership?, joinedLater: Bool
    ) -> Bool {
        if visibilityBefore.isVisible(membership: membershipBefore, joinedLater: joinedLater) { return true }
        if event.slot == .historyVisibility {
            return HistoryVisibility(of: event).isVisible(membership: membershipBefore, joinedLater: joinedLater)
        }
        if event.slot == .member(user) { return visibilityBefore.isVisible(membership: event.membership, joinedLater: joinedLater) }
        return false
    }

    /// The same, read from the state before the event.
    public static func isVisible(_ event: Event, to user: UserID, before state: some StateLookup, joinedLater: Bool) -> Bool {
        isVisible(
            event, to: user, visibilityBefore: HistoryVisibility(of: state.event(at: .historyVisibility)),
            membershipBefore: state.event(at: .member(user))?.membership, joinedLater: joinedLater)
    }

    /// Whether a server may see an event: any of its users counts, by their membership before the event; world-readable and shared events
    /// are open to every server that ever had a user in the room (server-server API, "Backfilling and retrieving missing events").
    public func isVisible(toServerWith memberships: some Sequence<Membership>) -> Bool {
        switch self {
        case .worldReadable, .shared: true
        case .invited: memberships.contains { $0 == .join || $0 == .invite }
        case .joined: memberships.contains(.join)
        }
    }
}
