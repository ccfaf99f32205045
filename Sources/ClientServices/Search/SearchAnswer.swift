import Database
import MatrixAPI
import MatrixModel
import Storage

/// The results of a search in the form for clients.
struct SearchAnswer {
    let reader: RoomReader
    let criteria: EventSearchCriteria
    let page: EventSearch.Page
    let now: Int
    let device: String

    func fragment() throws -> JSONFragment {
        var members: [(String, JSONFragment)] = [
            ("count", .integer(max(page.count, page.results.count))),
            ("highlights", .value(.array(SearchTerm(criteria.term).highlights.map(JSONValue.string)))),
            ("results", .array(try page.results.map(result))),
        ]
        if let token = page.nextBatch { members.append(("next_batch", .string(token.description))) }
        if !criteria.groupings.isEmpty { members.append(("groups", .object(criteria.groupings.map { ($0.rawValue, groups($0)) }))) }
        if criteria.includesState { members.append(("state", .object(try states()))) }
        return .object([("search_categories", .object([("room_events", .object(members))]))])
    }

    private func result(_ result: EventSearch.Result) throws -> JSONFragment {
        let page = TimelinePage(events: [(result.stored, result.membership)])
        var members: [(String, JSONFragment)] = [
            ("rank", .value(.float(String(result.candidate.rank)))),
            ("result", try page.fragments(reader, result.access, now: now, device: device)[0]),
        ]
        if let wanted = criteria.context { members.append(("context", try context(of: result, wanted))) }
        return .object(members)
    }

    // MARK: Context

    private func context(of result: EventSearch.Result, _ wanted: EventSearchCriteria.Context) throws -> JSONFragment {
        let place = result.stored.ordering ?? 0
        let (access, ignored) = (result.access, try reader.ignoredSenders())
        func read(_ direction: PageDirection, _ limit: Int, from start: Int64) throws -> TimelinePage {
            var page = try TimelinePage.read(
                access, reader, from: TimelineToken(place: start), to: nil, direction, limit: min(limit, SearchLimits.largestContext),
                filter: .everything)
            // The places stay those that were looked at.
            page.events.removeAll { $0.stored.slot == nil && ignored.contains($0.stored.event.sender.description) }
            return page
        }
        let earlier = try read(.backward, wanted.before, from: place - 1)
        let later = try read(.forward, wanted.after, from: place)
        let start = earlier.events.last?.stored.ordering.map { $0 - 1 } ?? place - 1
        var members: [(String, JSONFragment)] = [
            ("start", .string(TimelineToken(place: start).description)),
            ("end", .string(TimelineToken(place: later.events.last?.stored.ordering ?? place).description)),
            ("events_before", .array(try earlier.fragments(reader, access, now: now, device: device))),
            ("events_after", .array(try later.fragments(reader, access, now: now, device: device))),
        ]
        if wanted.includesProfile {
            let senders = (earlier.events + later.events).map(\.stored.event.sender) + [result.stored.event.sender]
            members.append(("profile_info", .value(.object(try profiles(of: Set(senders), at: result)))))
        }
        return .object(members)
    }

    /// "The historic profile information of the users that sent the events returned."
    private func profiles(of users: Set<UserID>, at result: EventSearch.Result) throws -> [String: JSONValue] {
        var profiles: [String: JSONValue] = [:]
        for user in users.sorted() {
            let member: Event?
            if let state = result.stored.after ?? result.stored.before {
                member = try reader.caches.event(.member(user), in: state, reader.transaction)
            } else {
                member = try reader.currentEvent(.member(user), room: result.access.room.number, at: result.access.present)?.event
            }
            var profile: JSONValue = [:]
            for name in ["displayname", "avatar_url"] {
                if let text = member?.content[name]?.string { profile[name] = .string(text) }
            }
            profiles[user.description] = profile
        }
        return profiles
    }

    // MARK: Groups and state

    private func groups(_ grouping: EventSearchCriteria.Grouping) -> JSONFragment {
        var names: [String] = []
        var events: [String: [JSONValue]] = [:]
        for result in page.results {
            let name = EventSearch.group(of: result, grouping)
            if events[name] == nil { names.append(name) }
            events[name, default: []].append(.string(result.stored.event.id.description))
        }
        return .object(
            names.enumerated().map { order, name in
                var members: [(String, JSONFragment)] = [("results", .value(.array(events[name] ?? []))), ("order", .integer(order + 1))]
                if let token = page.groups[grouping]?[name] { members.append(("next_batch", .string(token.description))) }
                return (name, .object(members))
            })
    }

    /// "The current state for every room in the results", as the person may see it.
    private func states() throws -> [(String, JSONFragment)] {
        var seen: Set<Int64> = []
        return try page.results.filter { seen.insert($0.candidate.room).inserted }.map { result in
            let events = try reader.stateEvents(result.access).map { try reader.clientEvent($0).fragment(for: .init(now: now)) }
            return (result.access.room.id.description, .array(events))
        }
    }
}
