import Database
import MatrixAPI
import MatrixModel
import Storage

/// One search for one person, in one snapshot.
struct EventSearch {
    let reader: RoomReader
    let criteria: EventSearchCriteria
    let token: SearchToken?

    /// An event found, as the person may see it.
    struct Result {
        var candidate: SearchCandidate
        let access: RoomAccess
        let stored: StoredEvent
        let membership: Membership?
    }

    /// A page of results, and where the next ones begin.
    struct Page {
        var results: [Result] = []
        var count = 0
        var nextBatch: SearchToken?
        /// For each kind of groups asked for: what the groups' own next pages begin with.
        var groups: [EventSearchCriteria.Grouping: [String: SearchToken]] = [:]
    }

    private var limit: Int { min(max(1, criteria.filter.events.limit ?? SearchLimits.defaultPage), SearchLimits.largestPage) }

    /// Looks the page up.
    func page() throws -> Page {
        let term = SearchTerm(criteria.term)
        let scope = try scope()
        let before: Int64
        switch criteria.order {
        case .recent: before = token?.place ?? .max
        case .rank: before = token.map { $0.place + 1 } ?? .max
        }
        let found = try SearchQueries(reader.transaction).candidates(
            term, scope, before: before, limit: SearchLimits.candidates, scan: SearchLimits.scan, isRanked: criteria.order == .rank)
        var page = Page()
        page.count = token?.count ?? found.candidates.count
        var ordered = found.candidates
        if criteria.order == .rank { ordered.sort { ($0.rank, $0.place) > ($1.rank, $1.place) } }
        let start = criteria.order == .rank ? min(token?.offset ?? 0, ordered.count) : 0
        let end = try fill(&page, from: ordered[start...])
        if criteria.order == .recent { try rank(&page, term, scope) }
        let isMoreUnread = criteria.order == .recent && found.isCutShort
        page.nextBatch = next(ordered, end, room: token?.room, sender: token?.sender, count: page.count, isMoreUnread: isMoreUnread) { _ in true }
        for grouping in criteria.groupings { try addGroups(grouping, to: &page, ordered, end, isMoreUnread) }
        return page
    }

    // MARK: Scope

    private func scope() throws -> SearchScope {
        let filter = criteria.filter
        let kinds = EventSearchCriteria.Key.allCases.filter { criteria.keys.contains($0) }.map(EventSearch.kind)
            .filter { filter.events.admits(type: $0.eventType, sender: nil) }
        var scope = SearchScope(rooms: try rooms(), kinds: Set(kinds))
        scope.senders = filter.events.senders
        if let sender = token?.sender { scope.senders = scope.senders.map { $0.intersection([sender]) } ?? [sender] }
        scope.notSenders = filter.events.notSenders
        scope.containsURL = filter.containsURL
        scope.ignoredSenders = try reader.ignoredSenders()
        return scope
    }

    private static func kind(_ key: EventSearchCriteria.Key) -> SearchKind {
        switch key {
        case .body: .body
        case .name: .name
        case .topic: .topic
        }
    }

    /// The rooms in which the person may have something to see; each event is looked at once more before it is told.
    private func rooms() throws -> Set<Int64> {
        let rooms = RoomStore(reader.transaction)
        var wanted = criteria.filter.rooms
        if let room = token?.room { wanted = wanted.map { $0.intersection([room]) } ?? [room] }
        if let wanted {
            var numbers: Set<Int64> = []
            for name in wanted where !criteria.filter.notRooms.contains(name) {
                guard let row = try RoomID(name).flatMap({ try rooms.room($0) }) else { continue }
                if try EventSearch.mayBeRead(reader.access(to: row)) { numbers.insert(row.number) }
            }
            return numbers
        }
        var numbers = Set(try reader.memberships.memberships(of: reader.user).filter { !$0.isForgotten }.map(\.room))
        for name in criteria.filter.notRooms {
            if let row = try RoomID(name).flatMap({ try rooms.room($0) }) { numbers.remove(row.number) }
        }
        return numbers
    }

    private static func mayBeRead(_ access: RoomAccess) -> Bool { access.isJoined || access.isWorldReadable || access.joinedThrough != nil }

    // MARK: Results

    /// Adds results until the page is full; gives the end of what was looked at.
    private func fill(_ page: inout Page, from candidates: ArraySlice<SearchCandidate>) throws -> Int {
        let rooms = RoomStore(reader.transaction)
        var accesses: [Int64: RoomAccess?] = [:]
        var next = candidates.startIndex
        while next < candidates.endIndex, page.results.count < limit, next - candidates.startIndex < SearchLimits.loaded {
            let candidate = candidates[next]
            next += 1
            if accesses[candidate.room] == nil {
                let access = try rooms.room(number: candidate.room).map { try reader.access(to: $0) }
                accesses[candidate.room] = .some(access.flatMap { EventSearch.mayBeRead($0) ? $0 : nil })
            }
            guard case .some(.some(let access)) = accesses[candidate.room], let stored = try reader.events.event(number: candidate.event),
                // The index may not know yet of a redaction.
                !stored.flags.contains(.redacted)
            else { continue }
            let (isVisible, membership) = try reader.visibility(of: stored, access)
            if isVisible { page.results.append(Result(candidate: candidate, access: access, stored: stored, membership: membership)) }
        }
        return next
    }

    /// Tells how well the results of a page in order of time fit.
    private func rank(_ page: inout Page, _ term: SearchTerm, _ scope: SearchScope) throws {
        guard let newest = page.results.first?.candidate.place, let oldest = page.results.last?.candidate.place else { return }
        let ranks = try SearchQueries(reader.transaction).ranks(term, scope, in: oldest...newest)
        for index in page.results.indices { page.results[index].candidate.rank = ranks[page.results[index].candidate.place] ?? 0 }
    }

    // MARK: Next pages

    /// The token of what follows after `end` among the entries of one group, nil where nothing does.
    private func next(
        _ ordered: [SearchCandidate], _ end: Int, room: String?, sender: String?, count: Int, isMoreUnread: Bool,
        _ isInGroup: (SearchCandidate) -> Bool
    ) -> SearchToken? {
        guard ordered[end...].contains(where: isInGroup) || isMoreUnread, !ordered.isEmpty else { return nil }
        switch criteria.order {
        case .recent:
            let place = ordered[..<end].last?.place ?? token?.place ?? .max
            return SearchToken(place: place, offset: 0, count: count, room: room, sender: sender)
        case .rank:
            let newest = token?.place ?? ordered.map(\.place).max() ?? 0
            return SearchToken(place: newest, offset: ordered[..<end].count(where: isInGroup), count: count, room: room, sender: sender)
        }
    }

    private func addGroups(
        _ grouping: EventSearchCriteria.Grouping, to page: inout Page, _ ordered: [SearchCandidate], _ end: Int, _ isMoreUnread: Bool
    ) throws {
        var tokens: [String: SearchToken] = [:]
        for result in page.results {
            let name = EventSearch.group(of: result, grouping)
            guard tokens[name] == nil else { continue }
            let (room, isInGroup): (String?, (SearchCandidate) -> Bool)
            var sender = token?.sender
            switch grouping {
            case .room:
                room = name
                isInGroup = { $0.room == result.candidate.room }
            case .sender:
                room = token?.room
                sender = name
                isInGroup = { $0.sender == name }
            }
            let count = ordered.count(where: isInGroup)
            tokens[name] = next(ordered, end, room: room, sender: sender, count: count, isMoreUnread: isMoreUnread, isInGroup)
        }
        page.groups[grouping] = tokens
    }

    /// The name of the group that a result is in.
    static func group(of result: Result, _ grouping: EventSearchCriteria.Grouping) -> String {
        switch grouping {
        case .room: result.access.room.id.description
        case .sender: result.stored.event.sender.description
        }
    }
}
