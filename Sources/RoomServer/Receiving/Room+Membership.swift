import Database
import HashTreeCollections
import MatrixModel
import RoomGraph
import Storage

extension Room {
    /// The event that a user of another server is to sign to join, leave or knock (server-server API, "make_join").
    func template(
        user: UserID, membership: Membership, authorisedVia: UserID?
    ) async throws -> (event: JSONValue, rules: RoomVersionRules) {
        let context = try await participating()
        var content: JSONValue = ["membership": .string(membership.rawValue)]
        if let authorisedVia { content["join_authorised_via_users_server"] = .string(authorisedVia.description) }
        let contentView = JSON(content)
        let keys = AuthEvents.keys(
            for: "m.room.member", sender: user, stateKey: user.description, content: contentView, rules: context.rules)
        let state = StateEvents(try await events(at: keys + [.create, .powerLevels], in: context.current))
        let auth = keys.compactMap { state.event(at: $0) }
        let draft = EventDraft(
            roomID: id, type: "m.room.member", stateKey: user.description, sender: user, content: contentView,
            originServerTS: dependencies.environment.nowMilliseconds(), depth: context.nextDepth, prevEvents: context.namedExtremities.map(\.id),
            authEvents: auth.map(\.id))
        try await allow(draft, state, context)
        var hashes: [EventID: [UInt8]] = [:]
        if context.rules.referencesCarryHashes {
            let numbers = context.namedExtremities.map(\.number)
            let previous = try await dependencies.events.load(numbers)
            for event in auth + numbers.compactMap({ previous[$0] }) { hashes[event.id] = ReferenceHash.compute(event) }
        }
        let event: JSONValue = [
            "room_id": .string(id.description), "type": "m.room.member", "state_key": .string(user.description),
            "sender": .string(user.description), "content": content, "origin": .string(user.server.description),
            "origin_server_ts": .integer(draft.originServerTS), "depth": .integer(draft.depth),
            "prev_events": references(draft.prevEvents, hashes, context.rules), "auth_events": references(draft.authEvents, hashes, context.rules),
        ]
        return (event, context.rules)
    }

    private func references(_ ids: [EventID], _ hashes: [EventID: [UInt8]], _ rules: RoomVersionRules) -> JSONValue {
        guard rules.referencesCarryHashes else { return .array(ids.map { .string($0.description) }) }
        return .array(
            ids.map { id in
                let hash: JSONValue = hashes[id].map { ["sha256": .string(Base64.encode($0))] } ?? [:]
                return [.string(id.description), hash]
            })
    }

    /// Applies the rules to a draft as if it were signed.
    private func allow(_ draft: EventDraft, _ state: StateEvents, _ context: RoomContext) async throws {
        guard let placeholder = EventID("$template:\(dependencies.serverName)") else { return }
        // "The resident server MUST sign" a restricted join, and will when it comes back.
        let signatures: JSONValue = [dependencies.serverName.description: [dependencies.signingKey.keyID: ""]]
        let event = Event(
            id: placeholder, roomID: id, type: draft.type, stateKey: draft.stateKey, sender: draft.sender,
            originServerTS: draft.originServerTS, depth: draft.depth, prevEvents: draft.prevEvents, authEvents: draft.authEvents, redacts: nil,
            json: JSON(["content": draft.content.value, "signatures": signatures]), content: draft.content, rules: context.rules)
        do { try AuthRules.authorize(event, state: state) } catch { throw MatrixError.forbidden("\(error)") }
    }

    /// Takes in a membership that another server made from a template, and sends it on (server-server API, "send_join").
    func acceptMembership(_ verified: VerifiedEvent, from server: ServerName) async throws -> AcceptedMembership {
        _ = try await participating()
        var event = verified.event
        if let via = event.content["join_authorised_via_users_server"]?.string.flatMap({ UserID($0) }), via.server == dependencies.serverName,
            event.membership == .join
        {
            // "The resident server … MUST sign the event" where one of its users authorises a restricted join.
            event = EventSignatures.add(to: event, by: dependencies.serverName, with: dependencies.signingKey)
        }
        let outcome = try await receiveDurably(Arrival(event: event, isForwarded: true), from: server)
        switch outcome {
        case .accepted, .duplicate: break
        case .softFailed: throw MatrixError.forbidden("The room's current state does not allow this.")
        case .rejected(let rule): throw MatrixError.forbidden(rule)
        }
        guard let reference = standing(of: event.id, try await prior(of: [event]))?.before else {
            throw StorageError.corrupt("\(event.id) has no state")
        }
        let before = try await state(at: reference)
        let numbers = before.values.sorted()
        let found = try await dependencies.events.load(numbers)
        let state = numbers.compactMap { found[$0] }
        return AcceptedMembership(
            event: event, state: state, authChain: try await authChain(of: state + [event]), servers: try await servers())
    }

    /// The auth chains of events, each event once, without the events themselves unless another's chain has them.
    func authChain(of events: [Event]) async throws -> [Event] {
        var chain: [EventID: Event] = [:]
        var frontier = events
        while !frontier.isEmpty {
            var wanted: Set<EventID> = []
            for event in frontier {
                for id in event.authEvents where chain[id] == nil { wanted.insert(id) }
            }
            let found = try await dependencies.events.load(wanted.sorted())
            frontier = []
            for (id, entry) in found {
                chain[id] = entry.event
                frontier.append(entry.event)
            }
        }
        return chain.keys.sorted().compactMap { chain[$0] }
    }

    /// Servers with joined members, by name.
    func servers() async throws -> [ServerName] {
        guard let context = try await loaded() else { return [] }
        return context.serverMembers.keys.sorted()
    }
}
