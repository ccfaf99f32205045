import Database
import MatrixModel

/// What a list of rooms shows of each room: kept at each commit, so that a list of thousands needs one query.
struct RoomFactsStore {
    /// The types of events that count as activity of people (MSC4186, `bump_stamp`).
    static let bumpTypes: Set<String> = [
        "m.room.create", "m.room.message", "m.room.encrypted", "m.sticker", "m.call.invite", "m.poll.start", "org.matrix.msc3381.poll.start",
        "m.beacon_info", "org.matrix.msc3672.beacon_info",
    ]

    private let transaction: Transaction

    init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    /// Notes what a commit that took positions changed.
    func record(_ commit: RoomCommit, positions: [Int64: Position], head: Position) throws {
        var activity: Position = 0
        var bump: Position = 0
        for new in commit.events + commit.promoted.map(\.event) {
            guard let position = positions[new.number], new.flags.isShown else { continue }
            activity = max(activity, position)
            if RoomFactsStore.bumpTypes.contains(new.event.type) { bump = max(bump, position) }
        }
        try transaction.execute(
            """
            INSERT INTO room_facts (room, changed, activity, bump) VALUES (\(commit.room), \(head), \(activity), \(bump))
            ON CONFLICT (room) DO UPDATE SET changed = excluded.changed,
                activity = CASE WHEN excluded.activity > 0 THEN excluded.activity ELSE activity END,
                bump = CASE WHEN excluded.bump > 0 THEN excluded.bump ELSE bump END
            """)
        for change in commit.currentStateChanges { try record(change, commit) }
    }

    private func record(_ change: StateChange, _ commit: RoomCommit) throws {
        var content: JSON?
        var key: StateKey?
        if let number = change.event {
            let new = commit.events.first { $0.number == number } ?? commit.promoted.first { $0.event.number == number }?.event
            if let event = new?.event {
                key = StateKey(event.type, event.stateKey ?? "")
                content = event.content
            }
        }
        if key == nil { key = try StateStore(transaction).key(ofSlot: change.slot) }
        guard let key, key == .create || key == .encryption || key == .name else { return }
        if content == nil, let number = change.event { content = try EventStore(transaction).event(number: number)?.event.content }
        switch key {
        case .create: try transaction.execute("UPDATE room_facts SET type = \(content?["type"]?.string) WHERE room = \(commit.room)")
        case .encryption:
            let algorithm = content.map { $0["algorithm"]?.string ?? "" }
            try transaction.execute("UPDATE room_facts SET encryption = \(algorithm) WHERE room = \(commit.room)")
        default:
            let name = content?["name"]?.string.flatMap { $0.isEmpty ? nil : $0 }
            try transaction.execute("UPDATE room_facts SET name = \(name) WHERE room = \(commit.room)")
        }
    }
}
