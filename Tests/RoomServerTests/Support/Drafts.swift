import MatrixModel
import RoomGraph
import RoomServer
import Testing

/// Events that tests make beside a server.
enum Drafts {
    /// What a template of `make_join` and its like asks to be signed.
    static func membership(_ template: JSONValue, rules: RoomVersionRules, seed: UInt64) throws -> EventDraft {
        let json = JSON(template)
        let sender = try #require(json["sender"]?.string.flatMap { UserID($0) })
        var draft = EventDraft(
            roomID: json["room_id"]?.string.flatMap { RoomID($0) }, type: "m.room.member", stateKey: sender.description, sender: sender,
            content: try #require(json["content"]), originServerTS: json["origin_server_ts"]?.integer ?? 0, depth: json["depth"]?.integer ?? 0,
            prevEvents: references(json["prev_events"]), authEvents: references(json["auth_events"]))
        for list in [json["prev_events"], json["auth_events"]] {
            for element in list?.elements.map({ $0 }) ?? [] {
                guard let id = element[0]?.string.flatMap({ EventID($0) }), let hash = element[1]?["sha256"]?.string else { continue }
                draft.referenceHashes[id] = Base64.decode(hash)
            }
        }
        if rules.eventIDFormat == .given { draft.eventID = EventID("$t\(seed):\(sender.server)") }
        return draft
    }

    private static func references(_ list: JSON?) -> [EventID] {
        (list?.elements.map { $0 } ?? []).compactMap { ($0.string ?? $0[0]?.string).flatMap { EventID($0) } }
    }
}

extension TestServer {
    /// An event as this server might sign it, with chosen places in the graph; for events that no honest server makes.
    func forge(
        _ type: String, stateKey: String? = nil, sender: UserID, _ content: JSONValue, in room: RoomID, rules: RoomVersionRules,
        previous: [Event], auth: [Event], depth: Int? = nil, redacts: EventID? = nil, id: String = "f"
    ) throws -> Event {
        var draft = EventDraft(
            roomID: room, type: type, stateKey: stateKey, sender: sender, content: content, originServerTS: clock.now,
            depth: depth ?? (previous.map(\.depth).max() ?? 0) + 1, prevEvents: previous.map(\.id), authEvents: auth.map(\.id), redacts: redacts)
        if rules.eventIDFormat == .given { draft.eventID = EventID("$\(id)\(clock.now):\(name)") }
        if rules.referencesCarryHashes { for event in previous + auth { draft.referenceHashes[event.id] = ReferenceHash.compute(event) } }
        return try draft.signed(by: name, with: key, rules: rules)
    }

    /// The events of the current state that authorise an event.
    func authEvents(
        for type: String, sender: UserID, stateKey: String? = nil, content: JSONValue = [:], in room: RoomID, rules: RoomVersionRules
    ) async throws -> [Event] {
        let keys = AuthEvents.keys(for: type, sender: sender, stateKey: stateKey, content: JSON(content), rules: rules)
        let state = try await rooms.stateEvents(keys, in: room)
        return keys.compactMap { state[$0] }
    }
}
