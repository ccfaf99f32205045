import MatrixModel
import Storage

/// What one person has not read in one room, with what it takes to count on.
struct UnreadTally: Sendable {
    /// The person's rules when it was counted.
    var stamp: Int64
    /// Everything up to here is counted.
    var through: Position
    /// Receipts and memberships up to here are taken into account.
    var placesThrough: Position
    /// Where the present membership began, and the position of the membership that this was read for.
    var joined: Int64
    var membership: Position
    /// Up to this place everything is read, whatever its thread.
    var base: Int64
    /// Below this place nothing counts: `base`, or where the window of the newest events begins.
    var lower: Int64
    /// Events after `base`, at most; more than the window holds means that it has to move along.
    var counted: Int
    var main: Part
    /// Threads that have something unread, or are read further than `base`.
    var threads: [EventID: Part] = [:]
    /// The position at which the counts last changed.
    var changed: Position
    /// Events gone through since it was last kept for the next start.
    var unsaved = 0

    /// One thread.
    struct Part: Sendable {
        /// Up to here it is read.
        var floor: Int64
        var count = UnreadCount()
    }

    /// How far a person has read in a room, and since when they are in it.
    struct Floors: Sendable {
        let joined: Int64
        let membership: Position
        let places: UnreadQueries.ReadPlaces

        var base: Int64 { max(joined, places.unthreaded) }
    }

    /// Nothing counted yet.
    init(stamp: Int64, through: Position, floors: Floors) {
        self.stamp = stamp
        self.through = through
        placesThrough = through
        joined = floors.joined
        membership = floors.membership
        base = floors.base
        lower = floors.base
        counted = 0
        main = Part(floor: floors.base)
        changed = through
        raise(floors)
    }

    var unread: RoomUnread {
        var result = RoomUnread(main: main.count, changed: changed)
        for (thread, part) in threads where !part.count.isZero { result.threads[thread] = part.count }
        return result
    }

    /// Where a thread is read up to.
    func floor(_ thread: EventID?) -> Int64 {
        guard let thread else { return main.floor }
        return threads[thread]?.floor ?? base
    }

    /// Moves a floor up; true where that may take something away.
    mutating func raise(_ thread: EventID?, to floor: Int64) -> Bool {
        guard let thread else {
            guard floor > main.floor else { return false }
            main.floor = floor
            return !main.count.isZero
        }
        guard floor > self.floor(thread) else { return false }
        var part = threads[thread] ?? Part(floor: floor)
        part.floor = floor
        threads[thread] = part
        return !part.count.isZero
    }

    /// Moves all floors up to what receipts say; gives the threads of which something may be read now, nil among them for the main timeline.
    @discardableResult
    mutating func raise(_ floors: Floors) -> Set<EventID?> {
        var touched: Set<EventID?> = []
        joined = floors.joined
        membership = floors.membership
        let base = max(base, floors.base)
        if base > self.base {
            for thread in Array(threads.keys) where raise(thread, to: base) { touched.insert(thread) }
            if raise(nil, to: base) { touched.insert(nil) }
            self.base = base
            lower = max(lower, base)
        }
        for (name, floor) in floors.places.threads {
            if name == "main" {
                if raise(nil, to: floor) { touched.insert(nil) }
            } else if let thread = EventID(name), raise(thread, to: floor) {
                touched.insert(thread)
            }
        }
        forgetIdleThreads()
        return touched
    }

    /// Threads without anything unread need no entry where everything that counts is above their floor anyway.
    private mutating func forgetIdleThreads() {
        guard threads.contains(where: { $0.value.count.isZero && $0.value.floor <= lower }) else { return }
        threads = threads.filter { !$0.value.count.isZero || $0.value.floor > lower }
    }

    mutating func add(_ count: UnreadCount, to thread: EventID?) {
        if let thread {
            var part = threads[thread] ?? Part(floor: base)
            part.count = part.count + count
            threads[thread] = part
        } else {
            main.count = main.count + count
        }
    }

    mutating func clear(_ thread: EventID?) {
        if let thread { threads[thread]?.count = UnreadCount() } else { main.count = UnreadCount() }
    }

    mutating func clearAll() {
        main.count = UnreadCount()
        for thread in threads.keys { threads[thread]?.count = UnreadCount() }
    }
}

// MARK: Kept over a restart

extension UnreadTally {
    /// The tally as the database keeps it.
    var content: JSON {
        JSON([
            "joined": .integer(Int(joined)), "membership": .integer(Int(membership)), "base": .integer(Int(base)), "lower": .integer(Int(lower)),
            "counted": .integer(counted), "main": UnreadTally.content(main),
            "threads": .object(Dictionary(threads.map { ($0.key.description, UnreadTally.content($0.value)) }, uniquingKeysWith: { $1 })),
        ])
    }

    private static func content(_ part: Part) -> JSONValue {
        [.integer(Int(part.floor)), .integer(part.count.notifications), .integer(part.count.highlights)]
    }

    /// Reads a tally back; nil where it is not one.
    init?(_ checkpoint: UnreadCheckpointStore.Checkpoint) {
        let content = checkpoint.content
        guard let joined = content["joined"]?.wideInteger, let membership = content["membership"]?.wideInteger,
            let base = content["base"]?.wideInteger, let lower = content["lower"]?.wideInteger, let counted = content["counted"]?.integer,
            let main = content["main"].flatMap(UnreadTally.part)
        else { return nil }
        stamp = checkpoint.rules
        through = checkpoint.through
        // What was read since then is looked up.
        placesThrough = 0
        self.joined = Int64(joined)
        self.membership = Position(membership)
        self.base = Int64(base)
        self.lower = Int64(lower)
        self.counted = counted
        self.main = main
        changed = checkpoint.through
        for (name, value) in content["threads"]?.members ?? JSON([:]).members {
            if let thread = EventID(name), let part = UnreadTally.part(value) { threads[thread] = part }
        }
    }

    private static func part(_ json: JSON) -> Part? {
        guard let floor = json[0]?.wideInteger, let notifications = json[1]?.integer, let highlights = json[2]?.integer else { return nil }
        return Part(floor: Int64(floor), count: UnreadCount(notifications: notifications, highlights: highlights))
    }
}
