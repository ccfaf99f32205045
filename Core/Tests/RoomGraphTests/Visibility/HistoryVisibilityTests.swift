import MatrixModel
import RoomGraph
import Testing

@Suite struct HistoryVisibilityTests {
    /// The table of the specification's five rules.
    @Test(
        arguments: [
            (.worldReadable, nil, false, true), (.worldReadable, .ban, false, true), (.shared, .join, false, true), (.shared, nil, true, true),
            (.shared, .leave, false, false), (.shared, .invite, false, false), (.invited, .invite, false, true), (.invited, .join, false, true),
            (.invited, .leave, true, false), (.invited, .knock, true, false), (.joined, .join, false, true), (.joined, .invite, true, false),
            (.joined, nil, true, false),
        ] as [(HistoryVisibility, Membership?, Bool, Bool)])
    func `an event is visible as the rules say`(visibility: HistoryVisibility, membership: Membership?, joinedLater: Bool, expected: Bool) {
        #expect(visibility.isVisible(membership: membership, joinedLater: joinedLater) == expected)
    }

    private func visibilityEvent(_ value: JSONValue?) -> Event {
        Fixture.event(
            "$v", "m.room.history_visibility", stateKey: "", sender: Fixture.alice,
            content: value.map { ["history_visibility": $0] } ?? [:])
    }

    @Test func `what is not set or not understood is shared`() {
        #expect(HistoryVisibility(of: nil) == .shared)
        #expect(HistoryVisibility(of: visibilityEvent(nil)) == .shared)
        #expect(HistoryVisibility(of: visibilityEvent("secret")) == .shared)
        #expect(HistoryVisibility(of: visibilityEvent(5)) == .shared)
        for visibility in HistoryVisibility.allCases { #expect(HistoryVisibility(of: visibilityEvent(.string(visibility.rawValue))) == visibility) }
    }

    @Test func `a change of visibility is seen by those who see either side`() {
        let user = UserID(Fixture.bob)!
        let opening = visibilityEvent("world_readable")
        let closing = visibilityEvent("joined")
        #expect(HistoryVisibility.isVisible(opening, to: user, visibilityBefore: .joined, membershipBefore: nil, joinedLater: false))
        #expect(HistoryVisibility.isVisible(closing, to: user, visibilityBefore: .worldReadable, membershipBefore: nil, joinedLater: false))
        #expect(!HistoryVisibility.isVisible(closing, to: user, visibilityBefore: .invited, membershipBefore: nil, joinedLater: false))
    }

    @Test func `one's own join and one's own leaving are seen`() {
        let user = UserID(Fixture.bob)!
        let join = Fixture.member(Fixture.bob, "join")
        let leave = Fixture.member(Fixture.bob, "leave")
        #expect(HistoryVisibility.isVisible(join, to: user, visibilityBefore: .joined, membershipBefore: nil, joinedLater: false))
        #expect(HistoryVisibility.isVisible(leave, to: user, visibilityBefore: .joined, membershipBefore: .join, joinedLater: false))
        #expect(!HistoryVisibility.isVisible(leave, to: user, visibilityBefore: .joined, membershipBefore: .invite, joinedLater: false))
        #expect(!HistoryVisibility.isVisible(join, to: UserID(Fixture.carol)!, visibilityBefore: .joined, membershipBefore: nil, joinedLater: false))
    }

    @Test func `visibility and membership are read from the state before the event`() {
        let state = StateEvents(of: [visibilityEvent("joined"), Fixture.member(Fixture.bob, "join")])
        let message = Fixture.event("$m", "m.room.message", sender: Fixture.alice)
        #expect(HistoryVisibility.isVisible(message, to: UserID(Fixture.bob)!, before: state, joinedLater: false))
        #expect(!HistoryVisibility.isVisible(message, to: UserID(Fixture.carol)!, before: state, joinedLater: true))
    }

    @Test func `a server sees what any of its users sees`() {
        #expect(HistoryVisibility.joined.isVisible(toServerWith: [.leave, .join]))
        #expect(!HistoryVisibility.joined.isVisible(toServerWith: [.invite]))
        #expect(HistoryVisibility.invited.isVisible(toServerWith: [.invite]))
        #expect(HistoryVisibility.shared.isVisible(toServerWith: []))
    }
}
