import MatrixModel

/// A state under resolution: what the checks let in, over the slots of the state that they start from.
final class IterativeAuthChecks {
    private let graph: ResolutionGraph
    private let base: (StateKey) -> EventID?
    /// The event of each slot that was let in.
    private(set) var admitted: [StateKey: Int] = [:]

    /// `base` answers for the state to start from.
    init(startingFrom base: @escaping (StateKey) -> EventID?, graph: ResolutionGraph) {
        self.base = base
        self.graph = graph
    }

    /// "Applying the state event to the room state if the state event is allowed by the authorisation rules. If the state event is not
    /// allowed by the authorisation rules, then the event is ignored."
    func apply(_ numbers: [Int]) {
        for number in numbers {
            guard let event = graph.event(number), let slot = event.slot else { continue }
            let state = State(graph: graph, checks: self, cited: graph.authEvents(number))
            do throws(AuthRejection) {
                try AuthRules.authorize(event, state: state, createEvent: graph.createEvent(for: number))
            } catch {
                continue
            }
            admitted[slot] = number
        }
    }

    /// The number of the event in a slot.
    func number(at key: StateKey) -> Int? { admitted[key] ?? base(key).map { graph.number(of: $0) } }

    /// "If a (event_type, state_key) key that is required … is not present in the state, then the appropriate state event from the event's
    /// auth_events is used if the auth event is not rejected."
    private struct State: StateLookup {
        let graph: ResolutionGraph
        let checks: IterativeAuthChecks
        let cited: [Int]

        func event(at key: StateKey) -> Event? {
            if let number = checks.number(at: key), let event = graph.event(number) { return event }
            guard let number = cited.first(where: { graph.event($0)?.slot == key }), !graph.isRejected(number) else { return nil }
            return graph.event(number)
        }
    }
}
