import MatrixModel
import RoomGraph

/// Events made by hand, with identifiers that say what they are; nothing is hashed or signed.
enum Fixture {
    static let room = "!room:a.test"
    static let alice = "@alice:a.test"
    static let bob = "@bob:b.test"
    static let carol = "@carol:c.test"

    /// An event of a room version; identifiers and users that are malformed are mistakes of the test and trap.
    static func event(
        _ id: String, _ type: String, stateKey: String? = nil, sender: String, content: JSONValue = [:], prev: [String] = [],
        auth: [String] = [], room: String = Fixture.room, redacts: String? = nil, ts: Int = 0, depth: Int = 1,
        signatures: JSONValue? = nil, extra: [String: JSONValue] = [:], version: RoomVersion = .v11
    ) -> Event {
        var members = extra
        members["content"] = content
        if let signatures { members["signatures"] = signatures }
        return Event(
            id: EventID(id)!, roomID: RoomID(room)!, type: type, stateKey: stateKey, sender: UserID(sender)!, originServerTS: ts,
            depth: depth, prevEvents: prev.map { EventID($0)! }, authEvents: auth.map { EventID($0)! }, redacts: redacts.map { EventID($0)! },
            json: JSON(.object(members)), content: JSON(content), rules: version.rules)
    }

    /// The create event of Alice's room.
    static func create(_ content: JSONValue = ["creator": "@alice:a.test"], version: RoomVersion = .v11) -> Event {
        event("$create", "m.room.create", stateKey: "", sender: alice, content: content, room: roomID(version), version: version)
    }

    /// The room's ID: that of the create event where the version has it so.
    static func roomID(_ version: RoomVersion) -> String { version.rules.roomIDIsCreateHash ? "!create" : room }

    static func member(
        _ user: String, _ membership: String, by sender: String? = nil, content: [String: JSONValue] = [:], id: String? = nil,
        version: RoomVersion = .v11, prev: [String] = ["$before"], signatures: JSONValue? = nil
    ) -> Event {
        var content = content
        content["membership"] = .string(membership)
        return event(
            id ?? "$\(membership)-\(user)", "m.room.member", stateKey: user, sender: sender ?? user, content: .object(content), prev: prev,
            room: roomID(version), signatures: signatures, version: version)
    }

    static func joinRules(_ rule: String, version: RoomVersion = .v11) -> Event {
        event(
            "$rules", "m.room.join_rules", stateKey: "", sender: alice, content: ["join_rule": .string(rule)], room: roomID(version),
            version: version)
    }

    static func powerLevels(_ content: JSONValue, by sender: String = alice, id: String = "$levels", version: RoomVersion = .v11) -> Event {
        event(id, "m.room.power_levels", stateKey: "", sender: sender, content: content, room: roomID(version), version: version)
    }

    /// Why the rules refuse an event in a state, or nil.
    static func rejection(of event: Event, in state: [Event]) -> AuthRejection? {
        do throws(AuthRejection) {
            try AuthRules.authorize(event, state: StateEvents(of: state))
            return nil
        } catch {
            return error
        }
    }
}
