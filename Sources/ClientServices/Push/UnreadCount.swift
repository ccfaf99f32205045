import MatrixModel
import Storage

/// How many events a person has not read: all that notify, and those of them that highlight.
struct UnreadCount: Hashable, Sendable {
    var notifications = 0
    var highlights = 0

    /// Whether there is nothing unread.
    var isZero: Bool { notifications == 0 && highlights == 0 }

    static func + (left: UnreadCount, right: UnreadCount) -> UnreadCount {
        UnreadCount(notifications: left.notifications + right.notifications, highlights: left.highlights + right.highlights)
    }
}

/// What a person has not read in one room, by thread (client-server API, "Receiving notifications").
struct RoomUnread: Hashable, Sendable {
    /// Of the main timeline.
    var main = UnreadCount()
    /// Of each thread that has something unread, by its root.
    var threads: [EventID: UnreadCount] = [:]
    /// The position at which the counts last changed, as far as memory has it: a client that stands before it may not know them.
    var changed: Position = 0

    /// Whether the counts are the same.
    func isSame(as other: RoomUnread) -> Bool { main == other.main && threads == other.threads }

    /// Of the whole room.
    var total: UnreadCount { threads.values.reduce(main, +) }
}
