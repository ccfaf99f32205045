import MatrixModel

/// The part of a room's auth event graph that one resolution looks at, its events numbered in the order in which they were met.
final class ResolutionGraph {
    private let fetch: (EventID) -> Event?
    private let rejected: (EventID) -> Bool
    private var numbers: [EventID: Int] = [:]
    private var nodes: [Node] = []

    private struct Node {
        let id: EventID
        var event: Event?
        var isLoaded = false
        /// The numbers of the auth events, once asked for.
        var authEvents: [Int]?
    }

    init(events: @escaping (EventID) -> Event?, isRejected: @escaping (EventID) -> Bool) {
        fetch = events
        rejected = isRejected
    }

    /// How many events have a number.
    var count: Int { nodes.count }

    /// The number of an event.
    func number(of id: EventID) -> Int {
        if let number = numbers[id] { return number }
        let number = nodes.count
        numbers[id] = number
        nodes.append(Node(id: id))
        return number
    }

    func id(_ number: Int) -> EventID { nodes[number].id }

    /// The event of that number, or nil where it is not to be had.
    func event(_ number: Int) -> Event? {
        if nodes[number].isLoaded { return nodes[number].event }
        let event = fetch(nodes[number].id)
        nodes[number].event = event
        nodes[number].isLoaded = true
        return event
    }

    /// The event of that identifier.
    func event(of id: EventID) -> Event? { event(number(of: id)) }

    /// The numbers of an event's auth events.
    func authEvents(_ number: Int) -> [Int] {
        if let known = nodes[number].authEvents { return known }
        let authEvents = event(number).map { $0.authEvents.map { self.number(of: $0) } } ?? []
        nodes[number].authEvents = authEvents
        return authEvents
    }

    func isRejected(_ number: Int) -> Bool { rejected(nodes[number].id) }

    /// The auth event in that slot, if the event cites one.
    func authEvent(of number: Int, in slot: StateKey) -> Int? {
        authEvents(number).first { event($0)?.slot == slot }
    }

    /// The create event of an event's room: cited, or implied by the room's ID where the room version has it so.
    func createEvent(for number: Int) -> Event? {
        guard let event = event(number) else { return nil }
        if event.rules.roomIDIsCreateHash {
            return EventID("$" + event.roomID.description.dropFirst()).flatMap { self.event(of: $0) }
        }
        return authEvent(of: number, in: .create).flatMap { self.event($0) }
    }
}

/// A set of numbers that grows with the graph.
struct NumberSet {
    private var marks: [Bool] = []

    func contains(_ number: Int) -> Bool { number < marks.count && marks[number] }

    /// Adds the number; false where it was there.
    mutating func insert(_ number: Int) -> Bool {
        if number >= marks.count { marks.append(contentsOf: repeatElement(false, count: max(64, number + 1 - marks.count, marks.count))) }
        if marks[number] { return false }
        marks[number] = true
        return true
    }
}
