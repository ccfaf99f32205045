import HeapModule
import MatrixModel

/// Orders events so that each comes after those it refers to.
enum EventOrder {
    /// Those of `known` that some events descend from, in order, without the events themselves.
    static func ancestors(of events: [Event], among known: [EventID: Event], _ references: (Event) -> [EventID]) -> [Event] {
        let own = Set(events.map(\.id))
        var found: [EventID: Event] = [:]
        var pending = events
        while let next = pending.popLast() {
            for id in references(next) where found[id] == nil && !own.contains(id) {
                guard let event = known[id] else { continue }
                found[id] = event
                pending.append(event)
            }
        }
        return byReferences(Array(found.values), references)
    }

    /// Kahn's algorithm, with depth and identifier to settle the rest; events in a cycle are left out.
    static func byReferences(_ events: [Event], _ references: (Event) -> [EventID]) -> [Event] {
        var unmet: [EventID: Int] = [:]
        var dependants: [EventID: [Event]] = [:]
        let present = Set(events.map(\.id))
        // Another server may name an event twice.
        var seen: Set<EventID> = []
        let events = events.filter { seen.insert($0.id).inserted }
        for event in events {
            let needed = Set(references(event)).intersection(present)
            unmet[event.id] = needed.count
            for id in needed { dependants[id, default: []].append(event) }
        }
        var ready = Heap(events.filter { unmet[$0.id] == 0 }.map(Candidate.init))
        var ordered: [Event] = []
        ordered.reserveCapacity(events.count)
        while let next = ready.popMin()?.event {
            ordered.append(next)
            for dependant in dependants[next.id] ?? [] {
                let left = (unmet[dependant.id] ?? 1) - 1
                unmet[dependant.id] = left
                if left == 0 { ready.insert(Candidate(dependant)) }
            }
        }
        return ordered
    }

    private struct Candidate: Comparable {
        let event: Event

        init(_ event: Event) { self.event = event }

        static func < (left: Candidate, right: Candidate) -> Bool {
            (left.event.depth, left.event.id) < (right.event.depth, right.event.id)
        }
    }
}
