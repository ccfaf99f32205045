import MatrixModel
import RoomGraph
import Storage

/// Counts for one person over the tally of one room.
struct UnreadCounting {
    let source: TallySource
    let rules: PersonalRules

    var reader: RoomReader { source.reader }

    // MARK: Steps

    /// Counts everything that is not read.
    func count(_ tally: inout UnreadTally, _ contents: inout RoomTally.Contents) throws {
        try contents.reach(tally.base, source)
        tally.lower = contents.bound(above: tally.base, through: tally.through)
        tally.clearAll()
        let all = contents.indices(after: tally.lower, through: tally.through)
        tally.counted = all.count
        tally.unsaved += all.count
        markOwn(all, &tally, contents)
        try add(all, to: &tally, only: nil, &contents)
    }

    /// Counts some threads anew, whose floors went up.
    func recount(_ touched: Set<EventID?>, _ tally: inout UnreadTally, _ contents: inout RoomTally.Contents) throws {
        guard let floor = touched.map({ tally.floor($0) }).min() else { return }
        try contents.reach(floor, source)
        for thread in touched { tally.clear(thread) }
        let place = max(floor, contents.bound(above: floor, through: tally.through))
        try add(contents.indices(after: place, through: tally.through), to: &tally, only: touched, &contents)
    }

    /// Counts what came after the place that the tally has reached.
    func advance(_ tally: inout UnreadTally, through head: Position, _ contents: inout RoomTally.Contents) throws {
        guard head > tally.through else { return }
        // A tally that was made for less far back has to know everything from here.
        try contents.reach(TimelineOrder.end(of: tally.through), source)
        let new = contents.indices(after: TimelineOrder.end(of: tally.through), through: head)
        let old = tally.through
        tally.through = head
        tally.unsaved += new.count
        if contents.records[new].contains(where: { $0.redacts != 0 && $0.redacts <= TimelineOrder.end(of: old) })
            || new.count >= UnreadLimits.window
        {
            return try count(&tally, &contents)
        }
        markOwn(new, &tally, contents)
        try add(new, to: &tally, only: nil, &contents)
        tally.counted += new.count
        if tally.counted > UnreadLimits.window { try slide(&tally, &contents) }
    }

    /// Takes out what is no longer among the newest events.
    private func slide(_ tally: inout UnreadTally, _ contents: inout RoomTally.Contents) throws {
        try contents.reach(tally.base, source)
        let bound = contents.bound(above: tally.base, through: tally.through)
        tally.counted = contents.indices(after: bound, through: tally.through).count
        guard bound > tally.lower else { return }
        guard contents.lower <= tally.lower else { return try count(&tally, &contents) }
        let gone = contents.indices(after: tally.lower, through: bound / TimelineOrder.placesPerPosition)
        for index in gone {
            let record = contents.records[index]
            let thread = contents.names.threads[Int(record.thread)]
            guard record.ordering > tally.floor(thread) else { continue }
            let weight = try weight(index, me: contents.names.number(of: reader.user), &contents)
            tally.add(UnreadCount(notifications: -weight.notifications, highlights: -weight.highlights), to: thread)
        }
        tally.lower = bound
    }

    /// What the person sent marks what came before it as read: "(either by using the API or by sending an event)".
    private func markOwn(_ range: Range<Int>, _ tally: inout UnreadTally, _ contents: RoomTally.Contents) {
        guard let me = contents.names.number(of: reader.user) else { return }
        for record in contents.records[range] where record.sender == me && record.traits.contains(.marksRead) {
            let thread = contents.names.threads[Int(record.thread)]
            if tally.raise(thread, to: record.ordering) { tally.clear(thread) }
        }
    }

    private func add(
        _ range: Range<Int>, to tally: inout UnreadTally, only threads: Set<EventID?>?, _ contents: inout RoomTally.Contents
    ) throws {
        let me = contents.names.number(of: reader.user)
        for index in range {
            let record = contents.records[index]
            let thread = contents.names.threads[Int(record.thread)]
            if let threads, !threads.contains(thread) { continue }
            guard record.ordering > tally.floor(thread) else { continue }
            let weight = try weight(index, me: me, &contents)
            if weight.notifications > 0 { tally.add(weight, to: thread) }
        }
    }

    // MARK: One event

    /// What one event counts for the person, read or not.
    private func weight(_ index: Int, me: Int32?, _ contents: inout RoomTally.Contents) throws -> UnreadCount {
        let record = contents.records[index]
        guard record.sender != me, !record.traits.contains(.isRedacted) else { return UnreadCount() }
        if !rules.ignored.isEmpty, rules.ignored.contains(contents.names.users[Int(record.sender)]) { return UnreadCount() }
        let verdict: (notifies: Bool, highlights: Bool)
        if let evaluator = rules.evaluator {
            verdict = try evaluate(evaluator, index, &contents)
        } else if record.mentions >= 0, let me, contents.names.mentionLists[Int(record.mentions)].contains(me) {
            verdict = (record.traits.contains(.notifiesMentioned), record.traits.contains(.highlightsMentioned))
        } else {
            verdict = (record.traits.contains(.notifies), record.traits.contains(.highlights))
        }
        guard verdict.notifies else { return UnreadCount() }
        if record.traits.contains(.isRestricted), try !isVisible(record, contents) { return UnreadCount() }
        return UnreadCount(notifications: 1, highlights: verdict.highlights ? 1 : 0)
    }

    /// What rules of the person's own say.
    private func evaluate(_ evaluator: PushEvaluator, _ index: Int, _ contents: inout RoomTally.Contents) throws -> (Bool, Bool) {
        let record = contents.records[index]
        var stored: StoredEvent?
        var event = contents.event(record.number)
        if event == nil {
            stored = try reader.events.event(number: record.number)
            event = stored?.event
        }
        guard let event else { return (false, false) }
        let outcome = try evaluator.outcome(of: event) { need in
            if need == .memberCount {
                if record.memberCount < 0 {
                    let count = try UnreadQueries(reader.transaction).joinedCount(room: contents.room, at: record.position)
                    contents.note(memberCount: count, at: index)
                }
                return PushContext(memberCount: Int(contents.records[index].memberCount))
            }
            guard let stored = try stored ?? reader.events.event(number: record.number) else { return PushContext(memberCount: 0) }
            return try source.context(of: stored, need)
        }
        return (outcome?.notifies ?? false, outcome?.highlights ?? false)
    }

    private func isVisible(_ record: TallyRecord, _ contents: RoomTally.Contents) throws -> Bool {
        guard let before = contents.before[record.number] else { return false }
        let membership = try reader.caches.membership(of: reader.user, in: before, reader.transaction)
        return try reader.caches.visibility(in: before, reader.transaction).isVisible(membership: membership, joinedLater: true)
    }
}
