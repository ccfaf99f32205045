public import MatrixModel

/// Makes one state of several (room versions, "State resolution"), by the algorithm of the room version.
///
/// All functions are pure, the same for every order of the sets and of anything in them.
public enum StateResolution {
    /// The state before an event whose previous events have these states after them.
    ///
    /// `events` finds any event of the sets and of their auth chains. `isRejected` tells of auth events that were rejected.
    /// `authChainDifference`, where given, answers for the walk over the auth chains: every event that is in the auth chain of some of the
    /// sets but not of all, a set's own events counting as parts of its chain (`AuthChainIndex.difference`).
    public static func resolve(
        sets: [[StateKey: EventID]], rules: RoomVersionRules, events: @escaping (EventID) -> Event?,
        isRejected: @escaping (EventID) -> Bool = { _ in false }, authChainDifference: (([Set<EventID>]) -> Set<EventID>)? = nil
    ) -> [StateKey: EventID] {
        guard let first = sets.first else { return [:] }
        let conflict = StateConflict(of: sets, absenceConflicts: rules.stateResolution != .v1)
        if conflict.conflicted.isEmpty { return conflict.unconflicted.isEmpty ? first : conflict.unconflicted }
        let graph = ResolutionGraph(events: events, isRejected: isRejected)
        var resolved = conflict.unconflicted
        let unconflicted = conflict.unconflicted
        let base: (StateKey) -> EventID? = { unconflicted[$0] }
        switch rules.stateResolution {
        case .v1:
            resolved.merge(ResolutionV1.resolve(conflicted: conflict.conflicted, unconflicted: base, graph: graph)) { _, new in new }
        case .v2, .v2_1:
            let difference: Set<EventID>
            if let authChainDifference {
                difference = authChainDifference(sets.map { Set($0.values) })
            } else {
                difference = AuthDifference.walk(common: unconflicted.values, own: conflict.own, graph: graph)
            }
            let changes = ResolutionV2.resolve(
                conflicted: conflict.conflicted, unconflicted: base, authDifference: difference, rules: rules, graph: graph)
            resolved.merge(changes) { unconflicted, _ in unconflicted }
        }
        return resolved
    }

    /// The same for whoever knows already where the states differ: gives the slots of the conflicted events and those of the auth
    /// difference, resolved; all other slots stay as they are in every set.
    ///
    /// `conflicted` lists the different events of each slot in which the sets differ, `unconflicted` answers for all other slots.
    public static func resolve(
        conflicted: [StateKey: [EventID]], unconflicted: @escaping (StateKey) -> EventID?, authDifference: Set<EventID>,
        rules: RoomVersionRules, events: @escaping (EventID) -> Event?, isRejected: @escaping (EventID) -> Bool = { _ in false }
    ) -> [StateKey: EventID] {
        if conflicted.isEmpty { return [:] }
        let graph = ResolutionGraph(events: events, isRejected: isRejected)
        switch rules.stateResolution {
        case .v1:
            return ResolutionV1.resolve(conflicted: conflicted, unconflicted: unconflicted, graph: graph)
        case .v2, .v2_1:
            let changes = ResolutionV2.resolve(
                conflicted: conflicted, unconflicted: unconflicted, authDifference: authDifference, rules: rules, graph: graph)
            return changes.filter { unconflicted($0.key) == nil }
        }
    }
}
