import Database
import HashTreeCollections
import MatrixModel
import RoomGraph
import Storage

extension RoomCommit {
    /// Notes which of the events are sticky (MSC4354).
    mutating func markSticky() {
        for new in events + promoted.map(\.event) where new.flags.isDisjoint(with: [.outlier, .rejected]) {
            guard let end = Stickiness.end(of: new.event, receivedAt: decidedAt) else { continue }
            stickyEvents.append(StickyMark(event: new.number, sender: new.event.sender, expires: end, isShown: new.flags.isShown))
        }
    }
}

extension Room {
    /// Adds what a change of memberships means for sticky events: servers that came are sent this server's, and soft-failed ones are judged anew.
    func keepSticky(
        _ placement: Placement, serversBefore: [ServerName: Int], _ context: RoomContext, _ commit: inout RoomCommit
    ) async throws {
        guard !commit.memberships.isEmpty else { return }
        let own = dependencies.serverName
        if serversBefore[own] != nil {
            commit.stickyTargets = context.serverMembers.keys.filter { serversBefore[$0] == nil && $0 != own }.sorted()
            commit.stickyOrigin = own
        }
        // "Soft-failure checks MUST be re-evaluated when the membership state changes for a user with unexpired sticky events."
        let senders = commit.memberships.filter { $0.membership == .join }.map(\.user)
        guard !senders.isEmpty else { return }
        let now = dependencies.environment.nowMilliseconds()
        let number = context.number
        let hidden = try await dependencies.database.read { try StickyEventStore($0).hidden(room: number, of: senders, unexpiredAt: now) }
        let found = try await dependencies.events.load(hidden)
        for number in hidden {
            guard let event = found[number], try await isAllowed(event, besides: placement, context) else { continue }
            commit.admittedStickyEvents.append(number)
        }
    }

    /// Whether the current state lets an event through; `placement` is the event that is on its way into it.
    private func isAllowed(_ event: Event, besides placement: Placement, _ context: RoomContext) async throws -> Bool {
        let keys = AuthEvents.keys(for: event) + [.create, .powerLevels]
        var state = try await events(at: keys, in: context.current)
        if let own = placement.event.slot, keys.contains(own), let slot = placement.slot, context.current[slot] == placement.number {
            state[own] = placement.event
        }
        do { try AuthRules.authorize(event, state: StateEvents(state)) } catch { return false }
        return true
    }
}
