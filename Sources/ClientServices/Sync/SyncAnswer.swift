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
    var presence: [JSONFragment] = []
    var devices: DeviceNews

    init(token: SyncToken) {
        self.token = token
        devices = DeviceNews(messagesThrough: token.position)
    }

    /// Whether there is nothing to tell.
    var isEmpty: Bool {
        joined.isEmpty && invited.isEmpty && knocked.isEmpty && left.isEmpty && accountData.isEmpty && presence.isEmpty && devices.isEmpty
    }

    /// One room that the person is or was in.
    struct JoinedRoom: Sendable {
        var timeline: [JSONFragment] = []
        var isLimited = false
        var previousBatch: TimelineToken
        var state: [JSONFragment] = []
        var ephemeral: [JSONFragment] = []
        /// What is sticky and not in the timeline (MSC4354).
        var sticky: [JSONFragment] = []
        var accountData: [JSONFragment] = []
        var summary: JSONValue?
        var unread = RoomUnread()

        var isEmpty: Bool {
            timeline.isEmpty && !isLimited && state.isEmpty && ephemeral.isEmpty && sticky.isEmpty && accountData.isEmpty && summary == nil
        }

        func fragment(stateMember: String, countsThreads: Bool, isLeft: Bool) -> JSONFragment {
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
                if !sticky.isEmpty { members.append(("msc4354_sticky", SyncAnswer.batch(sticky))) }
                members += counts(countsThreads)
            }
            return .object(members)
        }

        /// What is not read: of the whole room, or of the main timeline with its threads beside it.
        private func counts(_ countsThreads: Bool) -> [(String, JSONFragment)] {
            guard countsThreads else { return [("unread_notifications", .value(JoinedRoom.counts(unread.total)))] }
            var members = [("unread_notifications", JSONFragment.value(JoinedRoom.counts(unread.main)))]
            if !unread.threads.isEmpty {
                let threads = unread.threads.map { ($0.key.description, JoinedRoom.counts($0.value)) }
                members.append(("unread_thread_notifications", .value(.object(Dictionary(threads, uniquingKeysWith: { $1 })))))
            }
            return members
        }

        private static func counts(_ unread: UnreadCount) -> JSONValue {
            ["highlight_count": .integer(unread.highlights), "notification_count": .integer(unread.notifications)]
        }
    }

    /// The body of the answer.
    func fragment(_ query: SyncQuery) -> JSONFragment {
        let stateMember = query.stateForm.member
        let countsThreads = query.filter.room.timeline.countsThreads
        let members: [(String, JSONFragment)] = [
            ("next_batch", .string(token.description)),
            (
                "rooms",
                .object([
                    (
                        "join",
                        .object(
                            joined.map { ($0.0.description, $0.1.fragment(stateMember: stateMember, countsThreads: countsThreads, isLeft: false)) })
                    ),
                    ("invite", .object(invited.map { ($0.0.description, .object([("invite_state", $0.1)])) })),
                    ("knock", .object(knocked.map { ($0.0.description, .object([("knock_state", $0.1)])) })),
                    (
                        "leave",
                        .object(left.map { ($0.0.description, $0.1.fragment(stateMember: stateMember, countsThreads: countsThreads, isLeft: true)) })
                    ),
                ])
            ),
            ("account_data", SyncAnswer.batch(accountData)),
            ("presence", SyncAnswer.batch(presence)),
        ]
        return .object(members + devices.members)
    }

    static func batch(_ events: [JSONFragment]) -> JSONFragment { .object([("events", .array(events))]) }
}
