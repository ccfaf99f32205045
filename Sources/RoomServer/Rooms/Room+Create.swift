import Database
import HashTreeCollections
import MatrixModel
import RoomGraph
import Storage

/// Makes a room's first events, all in one commit.
struct RoomCreator {
    let dependencies: Dependencies

    /// Makes the room; answers when it is durable.
    func create(_ creation: RoomCreation) async throws -> RoomID {
        let rules = creation.version.rules
        // Two create events with the same content and time would be one event, and in the newest versions one room.
        let timestamp = dependencies.creationTimes.next(notBefore: dependencies.environment.nowMilliseconds())
        var roomID = rules.roomIDIsCreateHash ? nil : RoomID("!\(dependencies.environment.randomLetters(18)):\(dependencies.serverName)")
        var events: [Event] = []
        var state = StateEvents()
        for initial in sequence(creation, rules) {
            let event = try sign(initial, creation.creator, roomID: roomID, after: events, state: state, at: timestamp, rules)
            do { try AuthRules.authorize(event, state: state) } catch { throw MatrixError.forbidden("\(error)") }
            if let slot = event.slot { state.events[slot] = event }
            roomID = event.roomID
            events.append(event)
        }
        guard let roomID else { throw MatrixError.internalError() }
        try await commit(events, roomID, creation.version)
        return roomID
    }

    private func sequence(_ creation: RoomCreation, _ rules: RoomVersionRules) -> [RoomCreation.Initial] {
        var create = creation.creationContent
        create["room_version"] = .string(creation.version.rawValue)
        create["creator"] = rules.implicitRoomCreator ? nil : .string(creation.creator.description)
        var join = creation.creatorProfile
        join["membership"] = "join"
        return [
            .init(type: "m.room.create", content: create),
            .init(type: "m.room.member", stateKey: creation.creator.description, content: join),
        ] + creation.events
    }

    private func sign(
        _ initial: RoomCreation.Initial, _ creator: UserID, roomID: RoomID?, after events: [Event], state: StateEvents, at timestamp: Int,
        _ rules: RoomVersionRules
    ) throws -> Event {
        let content = JSON(initial.content)
        let auth = AuthEvents.keys(for: initial.type, sender: creator, stateKey: initial.stateKey, content: content, rules: rules)
            .compactMap { state.event(at: $0) }
        var draft = EventDraft(
            roomID: roomID, type: initial.type, stateKey: initial.stateKey, sender: creator, content: content,
            originServerTS: timestamp, depth: events.count + 1,
            prevEvents: events.last.map { [$0.id] } ?? [], authEvents: auth.map(\.id))
        if rules.eventIDFormat == .given {
            draft.eventID = EventID("$\(dependencies.environment.randomLetters(24)):\(dependencies.serverName)")
        }
        if rules.referencesCarryHashes {
            for event in auth + events.suffix(1) { draft.referenceHashes[event.id] = ReferenceHash.compute(event) }
        }
        return try draft.signedForSending(by: dependencies, rules: rules)
    }

    private func commit(_ events: [Event], _ roomID: RoomID, _ version: RoomVersion) async throws {
        try await dependencies.slots.intern(events.compactMap(\.slot))
        let row = try await dependencies.database.write { try RoomStore($0).make(roomID, version: version) }
        var context = RoomContext(
            number: row.number, id: roomID, rules: version.rules, revision: row.revision, extremities: [], current: StateMap(),
            currentReference: nil, branches: [:], localMembers: [], serverMembers: [:], isParticipating: true)
        var commit = RoomCommit(room: row.number, expectedRevision: row.revision, current: nil)
        commit.isParticipating = true
        commit.skipsGapCheck = true
        var numbered: [Int64: Event] = [:]
        for event in events {
            guard let slot = event.slot.flatMap({ dependencies.slots.known($0) }) else {
                throw StorageError.corrupt("a creation event has no slot")
            }
            let number = dependencies.eventNumbers.next()
            numbered[number] = event
            let before = context.currentReference
            let change = [StateChange(slot: slot, event: number)]
            let state = context.current.applying(change)
            let stateExtension = context.extend(before, by: change, whole: state, branchNumbers: dependencies.branchNumbers)
            commit.stateExtensions.append(stateExtension)
            context.extremities = [.init(number: number, id: event.id, depth: event.depth, after: stateExtension.result)]
            let servers = context.serverMembers
            _ = context.become(
                state, at: stateExtension.result, changes: change, &commit, slots: dependencies.slots, events: numbered,
                local: dependencies.serverName)
            commit.events.append(
                NewStoredEvent(
                    number: number, event: event, slot: slot, flags: [], before: before, after: stateExtension.result, place: .live,
                    outbox: context.outbox(for: event, before: servers, local: dependencies.serverName)))
        }
        commit.addedExtremities = context.extremities.map(\.number)
        let room = Room(id: roomID, dependencies: dependencies)
        let further = Set(commit.memberships.map(\.user).filter { $0.server == dependencies.serverName })
        let decided = commit
        let settled = context
        let submission = try await room.submit(decided, next: settled, further: further)
        _ = try await room.settle(submission)
    }
}
