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
        resolve(sets, rules, ResolutionGraph(events: events, isRejected: isRejected)) { conflict, graph in
            if let authChainDifference { return authChainDifference(sets.map { Set($0.values) }) }
            return AuthDifference.walk(common: conflict.unconflicted.values, own: conflict.own, graph: graph)
        }
    }

    /// The same with a chain cover that has all events of the sets: nothing but what differs is looked at twice.
    public static func resolve(
        sets: [[StateKey: EventID]], rules: RoomVersionRules, index: AuthChainIndex, events: @escaping (EventID) -> Event?,
        isRejected: @escaping (EventID) -> Bool = { _ in false }
    ) -> [StateKey: EventID] {
        resolve(sets, rules, ResolutionGraph(events: events, isRejected: isRejected)) { conflict, _ in
            index.difference(common: conflict.unconflicted.values, own: conflict.own)
        }
    }

    private static func resolve(
        _ sets: [[StateKey: EventID]], _ rules: RoomVersionRules, _ graph: ResolutionGraph,
        authDifference: (StateConflict, ResolutionGraph) -> Set<EventID>
    ) -> [StateKey: EventID] {
        let conflict = StateConflict(of: sets, absenceConflicts: rules.stateResolution != .v1)
        if conflict.conflicted.isEmpty { return conflict.unconflicted }
        let unconflicted = conflict.unconflicted
        var resolved = unconflicted
        switch rules.stateResolution {
        case .v1:
            let changes = ResolutionV1.resolve(conflicted: conflict.conflicted, unconflicted: { unconflicted[$0] }, graph: graph)
            resolved.merge(changes) { _, new in new }
        case .v2, .v2_1:
            let changes = ResolutionV2.resolve(
                conflicted: conflict.conflicted, unconflicted: { unconflicted[$0] }, authDifference: authDifference(conflict, graph),
                rules: rules, graph: graph)
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
