public import MatrixModel

/// An ephemeral message to another server (server-server API, "EDUs").
public enum OutboundMessage: Sendable, Hashable {
    /// A user of this server starts or stops typing.
    case typing(room: RoomID, user: UserID, isTyping: Bool)
    /// A user of this server has read up to an event. `type` is `m.read`; `timestamp` in milliseconds since the epoch.
    case receipt(room: RoomID, type: String, user: UserID, event: EventID, thread: String?, timestamp: Int)
    /// A user's presence, with the members of one element of `push`.
    case presence(user: UserID, content: JSONValue)
    /// A change of a user's devices; the content of `m.device_list_update`.
    case deviceList(content: JSONValue)
    /// A change of a user's cross-signing keys; the content of `m.signing_key_update`.
    case signingKeys(content: JSONValue)
    /// Messages for devices; the content of `m.direct_to_device`.
    case directToDevice(content: JSONValue)

    /// The messages in an EDU; none where its type is unknown or it is malformed.
    public static func messages(type: String, content: JSON) -> [OutboundMessage] {
        switch type {
        case "m.typing":
            guard let room = content["room_id"]?.string.flatMap({ RoomID($0) }), let user = content["user_id"]?.string.flatMap({ UserID($0) }),
                let isTyping = content["typing"]?.bool
            else { return [] }
            return [.typing(room: room, user: user, isTyping: isTyping)]
        case "m.receipt": return receipts(content)
        case "m.presence":
            return content["push"]?.elements.compactMap { update in
                update["user_id"]?.string.flatMap { UserID($0) }.map { .presence(user: $0, content: update.value) }
            } ?? []
        case "m.device_list_update": return [.deviceList(content: content.value)]
        case "m.signing_key_update": return [.signingKeys(content: content.value)]
        case "m.direct_to_device": return [.directToDevice(content: content.value)]
        default: return []
        }
    }

    private static func receipts(_ content: JSON) -> [OutboundMessage] {
        var messages: [OutboundMessage] = []
        for (roomText, types) in content.members {
            guard let room = RoomID(roomText) else { continue }
            for (type, users) in types.members {
                for (userText, receipt) in users.members {
                    guard let user = UserID(userText), let event = receipt["event_ids"]?[0]?.string.flatMap({ EventID($0) }) else { continue }
                    messages.append(
                        .receipt(
                            room: room, type: type, user: user, event: event, thread: receipt["data"]?["thread_id"]?.string,
                            timestamp: receipt["data"]?["ts"]?.integer ?? 0))
                }
            }
        }
        return messages
    }

    /// Messages of equal keys replace each other: the newest counts. Nil where each counts.
    enum MergeKey: Hashable, Sendable {
        case typing(RoomID, UserID)
        case receipt(RoomID, String, UserID, String?)
        case presence(UserID)
    }

    var mergeKey: MergeKey? {
        switch self {
        case .typing(let room, let user, _): .typing(room, user)
        case .receipt(let room, let type, let user, _, let thread, _): .receipt(room, type, user, thread)
        case .presence(let user, _): .presence(user)
        case .deviceList, .signingKeys, .directToDevice: nil
        }
    }

    /// Whether it is worth nothing some minutes later.
    var isFleeting: Bool {
        switch self {
        case .typing, .presence: true
        case .receipt, .deviceList, .signingKeys, .directToDevice: false
        }
    }

    /// The messages as EDUs: receipts of a room and presence are put together, as far as one EDU can hold them.
    static func edus(_ messages: [OutboundMessage]) -> [JSONValue] {
        var edus: [JSONValue] = []
        var receipts: [ReceiptEDU] = []
        var presence: [JSONValue] = []
        for message in messages {
            switch message {
            case .typing(let room, let user, let isTyping):
                let content: JSONValue = [
                    "room_id": .string(room.description), "user_id": .string(user.description), "typing": .bool(isTyping),
                ]
                edus.append(edu("m.typing", content))
            case .receipt(let room, let type, let user, let event, let thread, let timestamp):
                var data: JSONValue = ["ts": .integer(timestamp)]
                data["thread_id"] = thread.map { .string($0) }
                let receipt: JSONValue = ["data": data, "event_ids": [.string(event.description)]]
                if let index = receipts.firstIndex(where: { $0.accepts(room, type, user) }) {
                    receipts[index].add(receipt, room, type, user)
                } else {
                    var new = ReceiptEDU()
                    new.add(receipt, room, type, user)
                    receipts.append(new)
                }
            case .presence(_, let content): presence.append(content)
            case .deviceList(let content): edus.append(edu("m.device_list_update", content))
            case .signingKeys(let content): edus.append(edu("m.signing_key_update", content))
            case .directToDevice(let content): edus.append(edu("m.direct_to_device", content))
            }
        }
        edus += receipts.map { edu("m.receipt", $0.content) }
        if !presence.isEmpty { edus.append(edu("m.presence", ["push": .array(presence)])) }
        return edus
    }

    private static func edu(_ type: String, _ content: JSONValue) -> JSONValue { ["edu_type": .string(type), "content": content] }

    /// The content of one `m.receipt`, which has one receipt for each room, type and user.
    private struct ReceiptEDU {
        private var rooms: [String: [String: [String: JSONValue]]] = [:]

        func accepts(_ room: RoomID, _ type: String, _ user: UserID) -> Bool {
            rooms[room.description]?[type]?[user.description] == nil
        }

        mutating func add(_ receipt: JSONValue, _ room: RoomID, _ type: String, _ user: UserID) {
            rooms[room.description, default: [:]][type, default: [:]][user.description] = receipt
        }

        var content: JSONValue {
            .object(rooms.mapValues { types in .object(types.mapValues { .object($0) }) })
        }
    }
}
