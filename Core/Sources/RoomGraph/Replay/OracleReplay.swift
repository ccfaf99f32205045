public import MatrixModel

/// Replays one recorded room: reads every event, checks, authorises and places it, and compares each result with the record.
///
/// The record is an object with `room_version`, `servers`, `events` in the order to process, and `final_…`; state maps have keys of the
/// form type, NUL, state key.
public struct OracleReplay {
    /// What differed, in the order of events.
    public private(set) var differences: [OracleDifference] = []
    /// Where the record decides otherwise than the specification; the replay goes on as recorded.
    public private(set) var deviations: [OracleDeviation] = []
    /// How many events were replayed.
    public private(set) var eventCount = 0
    /// How many of them were rejected.
    public private(set) var rejectedCount = 0
    /// How many states were resolved from several.
    public private(set) var mergeCount = 0

    private let rules: RoomVersionRules
    private var keys: [String: (server: ServerName, keyID: String, key: VerifyKey)] = [:]
    private var events: [EventID: Event] = [:]
    private var rejected: Set<EventID> = []
    private var statesAfter: [EventID: [StateKey: EventID]] = [:]
    private var index = AuthChainIndex()

    /// The replay of a room, ended.
    public static func replay(_ room: JSON) -> OracleReplay {
        guard let version = room["room_version"]?.string.flatMap({ RoomVersion($0) }) else {
            var replay = OracleReplay(rules: RoomVersion.recommended.rules)
            replay.report(.room, "", "no known room version")
            return replay
        }
        var replay = OracleReplay(rules: version.rules)
        replay.readKeys(room["servers"])
        for record in room["events"].map({ Array($0.elements) }) ?? [] { replay.process(record) }
        replay.compareEnd(room)
        return replay
    }

    private init(rules: RoomVersionRules) { self.rules = rules }

    private mutating func report(_ kind: OracleDifference.Kind, _ id: String, _ detail: String) {
        differences.append(OracleDifference(kind: kind, eventID: id, detail: detail))
    }

    private mutating func readKeys(_ servers: JSON?) {
        guard let servers else { return }
        for (name, entry) in servers.members {
            guard let server = ServerName(name), let keyID = entry["key_id"]?.string,
                let key = entry["public"]?.string.flatMap({ VerifyKey(base64: $0) })
            else {
                report(.room, "", "the key of \(name) is malformed")
                continue
            }
            keys[name] = (server, keyID, key)
        }
    }

    private mutating func process(_ record: JSON) {
        eventCount += 1
        let recorded = record["event_id"]?.string ?? ""
        guard let pdu = record["pdu"] else { return report(.format, recorded, "no PDU") }
        let event: Event
        do throws(EventFormatError) {
            event = try PDU.parse(pdu, rules: rules)
        } catch {
            return report(.format, recorded, error.description)
        }
        if event.id.description != recorded { report(.eventID, recorded, "computed \(event.id)") }
        if !ContentHash.matches(event) { report(.contentHash, recorded, "the content hash does not match") }
        checkSignatures(event)
        let before = stateBefore(event, record)
        let rejection = verdict(on: event, before: before)
        let deviation = compareVerdict(rejection, on: event, before: before, record, recorded)
        if let expected = record["state_before"] { compare(.stateBefore, before, expected, recorded) }
        file(event, before: before, isRejected: rejection != nil || deviation != nil)
    }

    private mutating func checkSignatures(_ event: Event) {
        for server in EventSignatures.required(for: event) {
            guard let known = keys[server.description] else {
                report(.signature, event.id.description, "no key of \(server)")
                continue
            }
            if !EventSignatures.verify(event: event, server: known.server, keyID: known.keyID, key: known.key) {
                report(.signature, event.id.description, "no valid signature of \(server)")
            }
        }
    }

    /// The resolution of the states after the previous events.
    private mutating func stateBefore(_ event: Event, _ record: JSON) -> [StateKey: EventID] {
        let sets = event.prevEvents.map { statesAfter[$0] ?? [:] }
        if let expected = record["state_sets"] {
            for (position, set) in expected.elements.enumerated() where position < sets.count {
                compare(.stateSets, sets[position], set, event.id.description)
            }
        }
        return resolve(sets)
    }

    private mutating func resolve(_ sets: [[StateKey: EventID]]) -> [StateKey: EventID] {
        guard sets.count > 1 else { return sets.first ?? [:] }
        mergeCount += 1
        let events = events
        let rejected = rejected
        let index = index
        return StateResolution.resolve(
            sets: sets, rules: rules, index: index, events: { events[$0] }, isRejected: { rejected.contains($0) })
    }

    private func verdict(on event: Event, before: [StateKey: EventID]) -> AuthRejection? {
        let create = rules.createEventInAuthEvents ? nil : EventID("$" + event.roomID.description.dropFirst()).flatMap { events[$0] }
        let authEvents = event.authEvents.compactMap { events[$0] }
        do throws(AuthRejection) {
            try AuthRules.checkAuthEvents(event, authEvents: authEvents, createEvent: create, isRejected: { rejected.contains($0) })
            try AuthRules.authorize(event, state: StateEvents(of: authEvents), createEvent: create)
            try AuthRules.authorize(event, state: AuthState { key in before[key].flatMap { events[$0] } }, createEvent: create)
            return nil
        } catch {
            return error
        }
    }

    private mutating func compareVerdict(
        _ rejection: AuthRejection?, on event: Event, before: [StateKey: EventID], _ record: JSON, _ recorded: String
    ) -> OracleDeviation? {
        let isRejected = rejection != nil
        guard isRejected != (record["verdict"]?.equals("reject") == true) else { return nil }
        let create = before[.create].flatMap { events[$0] }
        if !isRejected, let deviation = OracleDeviation.explaining(accepted: event, create: create) {
            deviations.append(deviation)
            return deviation
        }
        report(.verdict, recorded, rejection.map(\.description) ?? "accepted; recorded: \(record["reason"]?.string ?? "reject")")
        return nil
    }

    private mutating func file(_ event: Event, before: [StateKey: EventID], isRejected: Bool) {
        events[event.id] = event
        if isRejected {
            rejectedCount += 1
            rejected.insert(event.id)
            // "The state used in the checks should be calculated as normal, except not updating with the rejected event."
            statesAfter[event.id] = before
            return
        }
        var after = before
        if let slot = event.slot {
            after[slot] = event.id
            index.add(event.id, slot: slot, authEvents: event.authEvents)
        }
        statesAfter[event.id] = after
    }

    private mutating func compareEnd(_ room: JSON) {
        guard let expected = room["final_state"] else { return }
        let extremities = room["final_extremities"].map { $0.elements.compactMap { $0.string.flatMap { EventID($0) } } } ?? []
        compare(.finalState, resolve(extremities.map { statesAfter[$0] ?? [:] }), expected, "")
    }

    private mutating func compare(_ kind: OracleDifference.Kind, _ found: [StateKey: EventID], _ expected: JSON, _ id: String) {
        var state: [StateKey: EventID] = [:]
        for (key, value) in expected.members {
            let parts = key.utf8.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let event = value.string.flatMap({ EventID($0) }) else { continue }
            state[StateKey(String(parts[0]) ?? "", String(parts[1]) ?? "")] = event
        }
        for key in Set(found.keys).union(state.keys).sorted() where found[key] != state[key] {
            report(kind, id, "\(key) is \(found[key]?.description ?? "empty"), recorded \(state[key]?.description ?? "empty")")
        }
    }
}
