import MatrixAPI
import MatrixModel

/// What one sync is told.
struct SyncAnswer: Sendable {
    var token: SyncToken
    var joined: [(RoomID, JoinedRoom)] = []
    var invited: [(RoomID, JSONFragment)] = []
    var knocked: [(RoomID, JSONFragment)] = []
    var left: [(RoomID, JoinedRoom)] = []
    var accountData: [JSONFragment] = []
    var devices: DeviceNews

    init(token: SyncToken) {
        self.token = token
        devices = DeviceNews(messagesThrough: token.position)
    }

    /// Whether there is nothing to tell.
    var isEmpty: Bool {
        joined.isEmpty && invited.isEmpty && knocked.isEmpty && left.isEmpty && accountData.isEmpty && devices.isEmpty
    }

    /// One room that the person is or was in.
    struct JoinedRoom: Sendable {
        var timeline: [JSONFragment] = []
        var isLimited = false
        var previousBatch: TimelineToken
        var state: [JSONFragment] = []
        var ephemeral: [JSONFragment] = []
        var accountData: [JSONFragment] = []
        var summary: JSONValue?

        var isEmpty: Bool { timeline.isEmpty && !isLimited && state.isEmpty && ephemeral.isEmpty && accountData.isEmpty && summary == nil }

        func fragment(stateMember: String, isLeft: Bool) -> JSONFragment {
            var members: [(String, JSONFragment)] = [
                (
                    "timeline",
                    .object([
                        ("events", .array(timeline)), ("limited", .bool(isLimited)), ("prev_batch", .string(previousBatch.description)),
                    ])
                ),
                (stateMember, SyncAnswer.batch(state)), ("account_data", SyncAnswer.batch(accountData)),
            ]
            if !isLeft {
                members.append(("ephemeral", SyncAnswer.batch(ephemeral)))
                members.append(("summary", .value(summary ?? [:])))
                members.append(("unread_notifications", .value(["highlight_count": 0, "notification_count": 0])))
            }
            return .object(members)
        }
    }

    /// The body of the answer.
    func fragment(stateMember: String) -> JSONFragment {
        let members: [(String, JSONFragment)] = [
            ("next_batch", .string(token.description)),
            (
                "rooms",
                .object([
                    ("join", .object(joined.map { ($0.0.description, $0.1.fragment(stateMember: stateMember, isLeft: false)) })),
                    ("invite", .object(invited.map { ($0.0.description, .object([("invite_state", $0.1)])) })),
                    ("knock", .object(knocked.map { ($0.0.description, .object([("knock_state", $0.1)])) })),
                    ("leave", .object(left.map { ($0.0.description, $0.1.fragment(stateMember: stateMember, isLeft: true)) })),
                ])
            ),
            ("account_data", SyncAnswer.batch(accountData)),
            ("presence", SyncAnswer.batch([])),
        ]
        return .object(members + devices.members)
    }

    static func batch(_ events: [JSONFragment]) -> JSONFragment { .object([("events", .array(events))]) }
}
