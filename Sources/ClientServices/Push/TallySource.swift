import MatrixModel
import RoomGraph
import Storage

/// Makes records of events, with what they need of the database.
struct TallySource {
    let reader: RoomReader
    let board: UnreadBoard

    func record(_ stored: StoredEvent, _ names: inout TallyNames, _ before: inout [Int64: StateReference]) throws -> TallyRecord {
        let event = stored.event
        var traits: TallyRecord.Traits = []
        var mentions: Int32 = -1
        var redacts: Int64 = 0
        if event.stateKey == nil, event.type != "m.room.redaction" { traits.insert(.marksRead) }
        if event.type == "m.room.redaction", let target = event.redacts,
            let standing = try UnreadQueries(reader.transaction).standing(of: target, room: stored.room), standing.isRedacted
        {
            redacts = standing.ordering
        }
        if stored.redaction != nil {
            traits.insert(.isRedacted)
        } else {
            try judge(stored, &traits)
            mentions = try mentioned(stored, &names, &traits)
        }
        if try isRestricted(stored) {
            traits.insert(.isRestricted)
            before[stored.number] = stored.before
        }
        var thread: Int32 = 0
        if let relation = event.content["m.relates_to"] {
            traits.insert(.relates)
            thread = names.add(thread: try reader.thread(of: stored))
            if thread != 0, relation["rel_type"]?.equals("m.thread") != true { traits.insert(.isInThreadByParent) }
        }
        return TallyRecord(
            ordering: stored.ordering ?? 0, number: stored.number, sender: names.add(event.sender), thread: thread, mentions: mentions,
            traits: traits, redacts: redacts)
    }

    /// What the default rules say for who is not mentioned.
    private func judge(_ stored: StoredEvent, _ traits: inout TallyRecord.Traits) throws {
        // How many are in the room decides on a sound alone.
        let outcome = try board.defaults?.outcome(of: stored.event, mentionsOwner: false) { need in
            PushContext(memberCount: 0, powerLevels: need == .powerLevels ? try powerLevels(before: stored) : nil)
        }
        guard let outcome, outcome.notifies else { return }
        traits.insert(.notifies)
        if outcome.highlights { traits.insert(.highlights) }
    }

    private func mentioned(_ stored: StoredEvent, _ names: inout TallyNames, _ traits: inout TallyRecord.Traits) throws -> Int32 {
        guard let list = stored.event.content["m.mentions"]?["user_ids"], list.isArray, list.count > 0 else { return -1 }
        let outcome = try board.defaults?.outcome(of: stored.event, mentionsOwner: true) { need in
            PushContext(memberCount: 0, powerLevels: need == .powerLevels ? try powerLevels(before: stored) : nil)
        }
        if let outcome, outcome.notifies {
            traits.insert(.notifiesMentioned)
            if outcome.highlights { traits.insert(.highlightsMentioned) }
        }
        let users = list.elements.prefix(UnreadLimits.mentions).compactMap { $0.string.flatMap { UserID($0) } }
        return names.add(mentions: users.map { names.add($0) })
    }

    /// Whether a member of the present may not be allowed to see the event: one of another server, in a room that keeps its history to members.
    ///
    /// Events of this server are made on the present state, so that who is a member since has been one at them.
    private func isRestricted(_ stored: StoredEvent) throws -> Bool {
        guard stored.event.sender.server != board.serverName else { return false }
        let setting =
            if let before = stored.before {
                try reader.caches.visibility(in: before, reader.transaction)
            } else {
                HistoryVisibility(of: try reader.currentEvent(.historyVisibility, room: stored.room)?.event)
            }
        switch setting {
        case .worldReadable, .shared: return false
        case .invited, .joined: return true
        }
    }

    /// The power levels before an event.
    func powerLevels(before stored: StoredEvent) throws -> PowerLevels? {
        guard let before = stored.before else { return nil }
        let create = try reader.caches.event(.create, in: before, reader.transaction) ?? reader.currentEvent(.create, room: stored.room)?.event
        guard let create else { return nil }
        return PowerLevels(
            event: try reader.caches.event(.powerLevels, in: before, reader.transaction), createEvent: create, rules: stored.event.rules)
    }

    /// What rules of a person's own ask of the room, as it was when the event came.
    func context(of stored: StoredEvent, _ need: PushNeed) throws -> PushContext {
        var context = PushContext(memberCount: 0)
        switch need {
        case .memberCount:
            let position = (stored.ordering ?? 0) / TimelineOrder.placesPerPosition
            context.memberCount = try UnreadQueries(reader.transaction).joinedCount(room: stored.room, at: position)
        case .powerLevels: context.powerLevels = try powerLevels(before: stored)
        case .displayName:
            guard let before = stored.before else { break }
            context.displayName = try reader.caches.event(.member(reader.user), in: before, reader.transaction)?.content["displayname"]?.string
        }
        return context
    }
}
