import MatrixModel
import RoomServer
import Storage

/// Counts what one person has not read, in one snapshot of the database.
///
/// A count that is in memory goes on from where it stands; others are read back from the person's place in the room, or from where the last
/// start left off.
final class UnreadReader {
    private let reader: RoomReader
    private let board: UnreadBoard
    private let feed: CommitFeed
    private var knownRules: PersonalRules?
    private var knownPlaces: [Int64: UnreadQueries.ReadPlaces]?
    private var checkpoints: [Int64: UnreadCheckpointStore.Checkpoint]?

    /// The person's rules save a query where the caller has them.
    init(reader: RoomReader, shared: SyncShared, rules: PersonalRules? = nil) {
        self.reader = reader
        knownRules = rules
        board = shared.unread
        feed = shared.feed
    }

    /// Reads at once what many rooms need.
    func prepareForAllRooms() throws {
        knownPlaces = try UnreadQueries(reader.transaction).readPlaces(user: reader.user)
        checkpoints = Dictionary(
            try UnreadCheckpointStore(reader.transaction).checkpoints(user: reader.user).map { ($0.room, $0) }, uniquingKeysWith: { $1 })
    }

    /// What the person has not read in a room, with everything up to `head`; nothing where they are not joined.
    ///
    /// The person's membership saves a query where the caller has it.
    func unread(in room: RoomRow, through head: Position, membership: MembershipRow? = nil) throws -> RoomUnread {
        let rules = try rules()
        let place = UnreadBoard.Place(user: reader.user, room: room.number)
        let known = try known(place, rules, head)
        let counting = UnreadCounting(source: TallySource(reader: reader, board: board), rules: rules)
        var floors: UnreadTally.Floors?
        if try known.map({ try needsPlaces($0, room: room.number, head) }) ?? true {
            floors = try self.floors(room, known, membership)
            // Out of a room nothing is unread.
            guard floors != nil else {
                board.forget(place)
                return RoomUnread()
            }
        }
        var tally: UnreadTally
        let isCold: Bool
        if let known, known.stamp == rules.stamp, known.through <= head {
            tally = known
            isCold = false
        } else if let all = try floors ?? self.floors(room, known, membership) {
            tally = UnreadTally(stamp: rules.stamp, through: head, floors: all)
            floors = nil
            isCold = true
        } else {
            return RoomUnread()
        }
        let before = tally.unread
        try board.tally(room: room.number, head: head).counting(through: head, reader, board) { contents in
            if isCold { return try counting.count(&tally, &contents) }
            if let floors {
                let touched = tally.raise(floors)
                if !touched.isEmpty { try counting.recount(touched, &tally, &contents) }
            }
            try counting.advance(&tally, through: head, &contents)
        }
        tally.placesThrough = head
        let after = tally.unread
        if isCold {
            // Of what another look counted, a change of rules alone makes something else.
            if let known, known.through <= head, known.unread.isSame(as: after) { tally.changed = known.changed }
        } else if !before.isSame(as: after) {
            tally.changed = head
        }
        keep(&tally, place, isCold: isCold, isOlder: (known?.through ?? 0) > head)
        return tally.unread
    }

    // MARK: What is known

    private func rules() throws -> PersonalRules {
        if let knownRules { return knownRules }
        let rules = try PersonalRules.read(reader, board)
        knownRules = rules
        return rules
    }

    private func known(_ place: UnreadBoard.Place, _ rules: PersonalRules, _ head: Position) throws -> UnreadTally? {
        if let known = board.count(place) { return known }
        let checkpoint =
            if let checkpoints {
                checkpoints[place.room]
            } else {
                try UnreadCheckpointStore(reader.transaction).checkpoint(room: place.room, user: place.user)
            }
        guard let checkpoint, checkpoint.rules == rules.stamp, checkpoint.through <= head else { return nil }
        return UnreadTally(checkpoint)
    }

    /// Whether the person may have read on, or left and come back, since the tally was made; looks at the changes in memory.
    private func needsPlaces(_ tally: UnreadTally, room: Int64, _ head: Position) throws -> Bool {
        // All places are at hand anyway.
        guard knownPlaces == nil else { return true }
        guard let changes = feed.changes(after: tally.placesThrough, limit: UnreadLimits.changes),
            (changes.last?.position ?? tally.placesThrough) >= head
        else { return true }
        let memberSlot = try reader.caches.slot(.member(reader.user), reader.transaction)
        return changes.contains { change in
            guard change.position <= head else { return false }
            switch change.kind {
            case .room(let number, _): return number == room
            case .user(let user): return user == reader.user
            case .events(let change):
                return change.room == room && change.stateChanges.contains { memberSlot == nil || $0.slot == memberSlot }
            case .users, .deviceList: return false
            }
        }
    }

    private func floors(_ room: RoomRow, _ known: UnreadTally?, _ membership: MembershipRow?) throws -> UnreadTally.Floors? {
        guard let row = try membership ?? reader.memberships.membership(of: reader.user, room: room.number), row.membership == .join else {
            return nil
        }
        let places =
            if let knownPlaces {
                knownPlaces[room.number] ?? UnreadQueries.ReadPlaces()
            } else {
                try UnreadQueries(reader.transaction).readPlaces(room: room, user: reader.user)
            }
        let joined: Int64
        if let known, known.membership == row.position {
            joined = known.joined
        } else if places.unthreaded >= TimelineOrder.ordering(of: row.position) {
            // However long the person is in the room, everything before this is read.
            joined = TimelineOrder.ordering(of: row.position)
        } else {
            joined = TimelineOrder.ordering(of: try joinPosition(row))
        }
        return UnreadTally.Floors(joined: joined, membership: row.position, places: places)
    }

    /// The position at which the present membership began: profile changes since do not count.
    private func joinPosition(_ row: MembershipRow) throws -> Position {
        guard let slot = try reader.caches.slot(.member(reader.user), reader.transaction) else { return row.position }
        var start = row.position
        for change in try reader.state.history(room: row.room, slot: slot).reversed() where change.position < row.position {
            guard let event = change.event, try reader.events.event(number: event)?.event.membership == .join else { break }
            start = change.position
        }
        return start
    }

    // MARK: Keeping

    private func keep(_ tally: inout UnreadTally, _ place: UnreadBoard.Place, isCold: Bool, isOlder: Bool) {
        guard !isOlder else { return }
        if tally.unsaved >= (isCold ? UnreadLimits.coldScan : UnreadLimits.warmScan) {
            tally.unsaved = 0
            board.save(
                UnreadCheckpointStore.Checkpoint(room: place.room, through: tally.through, rules: tally.stamp, content: tally.content),
                of: place.user)
        }
        board.keep(tally, place)
    }
}
