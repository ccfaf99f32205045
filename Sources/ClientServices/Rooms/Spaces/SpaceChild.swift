import MatrixModel

/// A room that a space names as its child (client-server API, "`m.space.child` relationship").
struct SpaceChild: Sendable {
    let room: RoomID
    /// Servers through which the room can be reached.
    let via: [ServerName]
    let isSuggested: Bool
    /// The event in stripped form with its time, as answers have it.
    let value: JSONValue
    private let order: String?
    private let timestamp: Int

    /// Nil where the event names no room, or takes the relationship back.
    init?(_ event: Event) {
        self.init(stateKey: event.stateKey, sender: event.sender.description, content: event.content, timestamp: event.originServerTS)
    }

    /// A child as another server tells it.
    init?(told json: JSON) {
        guard json["type"]?.equals("m.space.child") == true, let sender = json["sender"]?.string, let content = json["content"],
            let timestamp = json["origin_server_ts"]?.integer
        else { return nil }
        self.init(stateKey: json["state_key"]?.string, sender: sender, content: content, timestamp: timestamp)
    }

    private init?(stateKey: String?, sender: String, content: JSON, timestamp: Int) {
        guard let stateKey, let room = RoomID(stateKey), content.isObject, let via = content["via"], via.isArray, via.count > 0 else { return nil }
        self.room = room
        self.via = via.elements.prefix(SpaceChild.maximumServers).compactMap { $0.string.flatMap { ServerName($0) } }
        isSuggested = content["suggested"]?.bool ?? false
        order = content["order"]?.string.flatMap { SpaceChild.isOrder($0) ? $0 : nil }
        self.timestamp = timestamp
        value = [
            "type": "m.space.child", "state_key": .string(stateKey), "sender": .string(sender), "content": content.value,
            "origin_server_ts": .integer(timestamp),
        ]
    }

    /// Servers of one child that are remembered.
    private static let maximumServers = 20

    /// "must be a string of ASCII characters between \x20 and \x7E inclusive, and must not exceed 50 characters".
    private static func isOrder(_ text: String) -> Bool {
        text.utf8.count <= 50 && text.utf8.allSatisfy { 0x20...0x7E ~= $0 }
    }
}

extension SpaceChild: Comparable {
    /// Children with an order come first, by it; then by time; then by identifier.
    static func < (left: SpaceChild, right: SpaceChild) -> Bool {
        switch (left.order, right.order) {
        case (let first?, let second?) where first != second: first.utf8.lexicographicallyPrecedes(second.utf8)
        case (.some, nil): true
        case (nil, .some): false
        default: (left.timestamp, left.room) < (right.timestamp, right.room)
        }
    }

    static func == (left: SpaceChild, right: SpaceChild) -> Bool {
        left.order == right.order && left.timestamp == right.timestamp && left.room == right.room
    }
}
