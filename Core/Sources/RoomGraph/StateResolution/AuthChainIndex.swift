public import MatrixModel

/// A chain cover of a room's auth event graph: answers for auth chains without walking them.
///
/// Every state event has a place (chain, sequence). Along a chain each event reaches all before it; links lead from a place to places in
/// other chains. A chain is the history of one slot, so a room has about as many chains as its state has slots. Events are added in an
/// order in which auth events come first.
public struct AuthChainIndex: Sendable {
    /// Where an event is in the cover.
    public struct Place: Hashable, Sendable {
        public let chain: Int
        /// From 1 on.
        public let sequence: Int

        public init(chain: Int, sequence: Int) {
            self.chain = chain
            self.sequence = sequence
        }
    }

    /// That the event at `from`, and all after it in its chain, reach `to`.
    public struct Link: Hashable, Sendable {
        public let from: Place
        public let to: Place

        public init(from: Place, to: Place) {
            self.from = from
            self.to = to
        }
    }

    /// What an added event brought, for whoever stores the cover.
    public struct Addition: Hashable, Sendable {
        public let place: Place
        public let links: [Link]
    }

    private struct Chain: Sendable {
        /// In order of sequence.
        var events: [EventID] = []
        var slot: StateKey
        /// In ascending order of `from`.
        var links: [Link] = []
    }

    private var places: [EventID: Place] = [:]
    private var chains: [Chain] = []

    public init() {}

    /// How many events have a place.
    public var count: Int { places.count }
    /// How many chains there are.
    public var chainCount: Int { chains.count }

    /// The place of an event, or nil where it was not added.
    public func place(of event: EventID) -> Place? { places[event] }

    /// Gives an event its place; adding it again changes nothing. Auth events that have no place are passed over.
    @discardableResult
    public mutating func add(_ event: EventID, slot: StateKey, authEvents: [EventID]) -> Addition {
        if let place = places[event] { return Addition(place: place, links: chains[place.chain].links.filter { $0.from == place }) }
        let cited = authEvents.compactMap { places[$0] }
        let place: Place
        if let last = cited.first(where: { chains[$0.chain].slot == slot && chains[$0.chain].events.count == $0.sequence }) {
            place = Place(chain: last.chain, sequence: last.sequence + 1)
            chains[last.chain].events.append(event)
        } else {
            place = Place(chain: chains.count, sequence: 1)
            chains.append(Chain(events: [event], slot: slot))
        }
        places[event] = place
        var links: [Link] = []
        for target in cited where target.chain != place.chain && !isImplied(target, at: place, among: cited) {
            links.append(Link(from: place, to: target))
        }
        chains[place.chain].links.append(contentsOf: links)
        return Addition(place: place, links: links)
    }

    /// The same of an event as a value; message events have no place.
    @discardableResult
    public mutating func add(_ event: Event) -> Addition? {
        event.slot.map { add(event.id, slot: $0, authEvents: event.authEvents) }
    }

    /// Whether the first event's auth chain holds the second; an event's chain holds the event itself.
    public func reaches(_ event: EventID, _ other: EventID) -> Bool {
        guard let start = places[event], let target = places[other] else { return false }
        var reach = Reach(base: [])
        extend(&reach, from: [start])
        return reach[target.chain] >= target.sequence
    }

    /// Every event that is in the auth chain of some of these sets of state events but not of all; a set's events are in its chain.
    public func difference(of sets: [Set<EventID>]) -> Set<EventID> {
        guard let first = sets.first, sets.count > 1 else { return [] }
        var common: [EventID] = []
        for event in first where sets.dropFirst().allSatisfy({ $0.contains(event) }) { common.append(event) }
        let shared = Set(common)
        return difference(common: common, own: sets.map { set in set.filter { !shared.contains($0) } })
    }

    /// The same for whoever knows what the sets have in common.
    public func difference(common: some Sequence<EventID>, own: some Collection<some Sequence<EventID>>) -> Set<EventID> {
        var shared = Reach(base: Array(repeating: 0, count: chains.count))
        extend(&shared, from: common.compactMap { places[$0] })
        shared.settle()
        var reaches: [Reach] = []
        for events in own {
            var reach = Reach(base: shared.base)
            extend(&reach, from: events.compactMap { places[$0] })
            reaches.append(reach)
        }
        var difference: Set<EventID> = []
        for chain in Set(reaches.flatMap(\.raised.keys)) {
            var lowest = Int.max
            var highest = 0
            for reach in reaches {
                lowest = min(lowest, reach[chain])
                highest = max(highest, reach[chain])
            }
            if lowest < highest { difference.formUnion(chains[chain].events[lowest..<highest]) }
        }
        return difference
    }

    /// How far along each chain something reaches.
    private struct Reach {
        /// By chain; shared with others.
        var base: [Int]
        /// Chains in which the reach goes beyond the base.
        var raised: [Int: Int] = [:]

        subscript(chain: Int) -> Int { raised[chain] ?? (chain < base.count ? base[chain] : 0) }

        /// Makes what was raised part of the base.
        mutating func settle() {
            for (chain, sequence) in raised { base[chain] = sequence }
            raised = [:]
        }
    }

    private func extend(_ reach: inout Reach, from start: [Place]) {
        var pending = start
        while let place = pending.popLast() {
            let reached = reach[place.chain]
            guard place.sequence > reached else { continue }
            reach.raised[place.chain] = place.sequence
            let links = chains[place.chain].links
            var position = firstLink(after: reached, in: links)
            while position < links.count, links[position].from.sequence <= place.sequence {
                pending.append(links[position].to)
                position += 1
            }
        }
    }

    /// The first link that starts after that sequence.
    private func firstLink(after sequence: Int, in links: [Link]) -> Int {
        var low = 0
        var high = links.count
        while low < high {
            let middle = (low + high) / 2
            if links[middle].from.sequence <= sequence { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Whether a link needs no mention: an earlier event of the chain, or another cited event, has one as far itself.
    private func isImplied(_ target: Place, at place: Place, among cited: [Place]) -> Bool {
        if leads(from: Place(chain: place.chain, sequence: place.sequence - 1), to: target) { return true }
        return cited.contains { other in
            if other.chain == target.chain { return other.sequence > target.sequence }
            return leads(from: other, to: target)
        }
    }

    private func leads(from place: Place, to target: Place) -> Bool {
        let links = chains[place.chain].links
        var position = firstLink(after: place.sequence, in: links)
        while position > 0 {
            position -= 1
            if links[position].to.chain == target.chain { return links[position].to.sequence >= target.sequence }
        }
        return false
    }
}
