import HashTreeCollections
import MatrixAPI
import MatrixModel
import Storage

/// A room that the client wants to hear of, and what of it.
struct WantedRoom: Sendable {
    let room: ListedRoom
    /// The names of the lists that have the room in their windows, in order.
    var lists: [String]
    var isSubscribed: Bool
    var timelineLimit: Int
    var demand: StateDemand
    var includesHeroes: Bool
}

/// The rooms within the windows of all lists, and those of the subscriptions (MSC4186, "Lists and subscriptions").
struct RoomWindows {
    /// How many rooms each list has in all, by its name.
    private(set) var counts: [(name: String, count: Int)] = []
    /// Those with the newest activity first.
    private(set) var wanted: [WantedRoom] = []
    /// The rooms that a list has, within its window or not, and those of the subscriptions.
    private(set) var matched: [ListedRoom] = []
    /// The rooms of extensions that name none.
    private(set) var scope = ScopedRooms([])

    init(
        _ rooms: [ListedRoom], lists: [(name: String, list: SlidingList)], subscriptions: [(room: RoomID, config: SlidingRoomConfig)],
        filter: RoomFilter, demand resolved: (RequiredState) -> StateDemand,
        isVisible: (_ room: ListedRoom, _ isSubscribed: Bool) throws -> (inLists: Bool, toSubscriptions: Bool)
    ) throws {
        let demands = lists.map { resolved($0.list.config.requiredState) }
        // Most lists admit every room.
        let isFiltered = lists.map { $0.list.filters != SlidingFilters.everything }
        let ranges = lists.map(\.list.ranges)
        matched.reserveCapacity(rooms.count)
        let subscribed = Dictionary(
            subscriptions.map { ($0.room.description, $0.config) }, uniquingKeysWith: { first, _ in first })
        var totals = lists.map { _ in 0 }
        var unions: [[Int]: StateDemand] = [:]
        for room in rooms {
            let subscription = subscribed.isEmpty ? nil : subscribed[room.id]
            guard !lists.isEmpty || subscription != nil else { continue }
            let visibility = room.membership == .join ? (inLists: true, toSubscriptions: true) : try isVisible(room, subscription != nil)
            var places: [Int] = []
            var isListed = false
            if visibility.inLists {
                for index in lists.indices where try !isFiltered[index] || filter.admits(room, lists[index].list.filters) {
                    let place = totals[index]
                    totals[index] += 1
                    isListed = true
                    if ranges[index].map({ $0.contains { $0.contains(place) } }) ?? true { places.append(index) }
                }
            }
            let isSubscribed = subscription != nil && visibility.toSubscriptions
            if isListed || isSubscribed { matched.append(room) }
            guard !places.isEmpty || isSubscribed else { continue }
            // Nearly all rooms are in the same lists.
            let demand = unions[places] ?? places.dropFirst().reduce(places.first.map { demands[$0] } ?? .nothing) { $0.union(demands[$1]) }
            unions[places] = demand
            var wanted = WantedRoom(
                room: room, lists: places.map { lists[$0].name }, isSubscribed: isSubscribed,
                timelineLimit: places.map { lists[$0].list.config.timelineLimit }.max() ?? 0, demand: demand,
                includesHeroes: places.contains { lists[$0].list.config.includesHeroes })
            if isSubscribed, let subscription {
                wanted.timelineLimit = max(wanted.timelineLimit, subscription.timelineLimit)
                let own = resolved(subscription.requiredState)
                wanted.demand = places.isEmpty ? own : demand.union(own)
                wanted.includesHeroes = wanted.includesHeroes || subscription.includesHeroes
            }
            self.wanted.append(wanted)
        }
        scope = ScopedRooms(wanted)
        counts = zip(lists, totals).map { ($0.name, $1) }
    }
}
