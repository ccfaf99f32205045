public import Database
public import MatrixModel

/// What one connection of sliding sync was told of one room.
public struct SlidingRoom: Hashable, Sendable {
    /// The room's number.
    public let room: Int64
    /// The client has everything of the room up to here.
    public var through: Position
    /// The timeline limit of that answer.
    public var timelineLimit: Int
    /// How many of the newest events up to there the client has without a gap.
    public var shown: Int
    /// The number of the state that was demanded.
    public var demand: Int
    public var isDirect = false
    /// Whether typing changed while the client was not told of it.
    public var missedTyping = false
    /// Whether what is unread may have changed while the client was not told of the room.
    public var missedCounts = false
    /// Receipts after here were not told; nil where all were.
    public var receiptsSince: Position?
    /// The room's account data after here was not told; nil where all was.
    public var dataSince: Position?
    public var notifications = 0
    public var highlights = 0
    /// The slots of members that lazy loading has sent.
    public var members: [Int64] = []

    public init(room: Int64, through: Position, timelineLimit: Int, shown: Int, demand: Int) {
        self.room = room
        self.through = through
        self.timelineLimit = timelineLimit
        self.shown = shown
        self.demand = demand
    }
}

/// One connection of one device, by its name.
public struct SlidingConnection: Hashable, Sendable {
    public let number: Int64
    public let user: UserID
    public let device: String
    public let name: String
    /// The serial of the newest answer.
    public let newest: Int64
    /// The serial that the newest answer followed: one whose answer got lost is asked for with it again.
    public let previous: Int64?
    /// When it was last used, in milliseconds since 1970.
    public let used: Int

    public init(number: Int64, user: UserID, device: String, name: String, newest: Int64, previous: Int64?, used: Int) {
        self.number = number
        self.user = user
        self.device = device
        self.name = name
        self.newest = newest
        self.previous = previous
        self.used = used
    }
}

/// The connections of sliding sync: what each room was told, by answer. Of each room two versions are kept at most.
public struct SlidingConnectionStore {
    private let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    /// The largest number of a connection.
    public func largestNumber() throws -> Int64 {
        try transaction.first("SELECT max(connection) FROM sliding_connections") { $0.optionalInt(0) ?? 0 } ?? 0
    }

    /// Begins a connection under a number of its own, in place of the one of that name; those beyond `limit` of the device, and long unused
    /// ones of anybody, end.
    public func begin(
        _ connection: Int64, name: String, user: UserID, device: String, serial: Int64, at now: Int, limit: Int, unusedSince: Int
    ) throws {
        try transaction.execute("DELETE FROM sliding_connections WHERE used < \(unusedSince)")
        try transaction.execute(
            "DELETE FROM sliding_connections WHERE user_id = \(user) AND device_id = \(device) AND name = \(name)")
        try transaction.execute(
            """
            DELETE FROM sliding_connections WHERE connection IN (
                SELECT connection FROM sliding_connections WHERE user_id = \(user) AND device_id = \(device)
                ORDER BY used DESC, connection DESC LIMIT -1 OFFSET \(limit - 1))
            """)
        try transaction.execute(
            """
            INSERT INTO sliding_connections (connection, user_id, device_id, name, newest, used)
            VALUES (\(connection), \(user), \(device), \(name), \(serial), \(now))
            """)
    }

    public func connection(_ number: Int64) throws -> SlidingConnection? {
        try transaction.first(
            "SELECT user_id, device_id, name, newest, previous, used FROM sliding_connections WHERE connection = \(number)"
        ) { row in
            SlidingConnection(
                number: number, user: try row.user(0), device: row.text(1), name: row.text(2), newest: row.int(3), previous: row.optionalInt(4),
                used: row.integer(5))
        }
    }

    /// What each room was told up to the answer of that serial.
    public func rooms(_ connection: Int64, through serial: Int64) throws -> [SlidingRoom] {
        var rooms: [SlidingRoom] = []
        try transaction.forEach(
            """
            SELECT room, through, timeline_limit, shown, demand, flags, receipts_since, data_since, notifications, highlights, members
            FROM sliding_rooms WHERE connection = \(connection) AND serial <= \(serial) ORDER BY room, serial
            """
        ) { row in
            var room = SlidingRoom(
                room: row.int(0), through: row.int(1), timelineLimit: row.integer(2), shown: row.integer(3), demand: row.integer(4))
            room.isDirect = row.int(5) & SlidingConnectionStore.direct != 0
            room.missedTyping = row.int(5) & SlidingConnectionStore.missedTyping != 0
            room.missedCounts = row.int(5) & SlidingConnectionStore.missedCounts != 0
            room.receiptsSince = row.optionalInt(6)
            room.dataSince = row.optionalInt(7)
            room.notifications = row.integer(8)
            room.highlights = row.integer(9)
            room.members = row.optionalBlob(10).map(PackedNumbers.unpack) ?? []
            if rooms.last?.room == room.room { rooms.removeLast() }
            rooms.append(room)
        }
        return rooms
    }

    /// The states that were demanded, by number.
    public func demands(_ connection: Int64) throws -> [(number: Int, state: [UInt8])] {
        try transaction.map("SELECT demand, state FROM sliding_demands WHERE connection = \(connection) ORDER BY demand") {
            ($0.integer(0), $0.blob(1))
        }
    }

    /// Notes what the answer `serial` tells, which follows the answer `from`; false where that is none of the last two.
    public func advance(
        _ connection: Int64, from: Int64, to serial: Int64, rooms: [SlidingRoom], newDemands: [(number: Int, state: [UInt8])], at now: Int
    ) throws -> Bool {
        guard let known = try self.connection(connection), from == known.newest || from == known.previous, serial > known.newest else {
            return false
        }
        // The answer that came after it got lost.
        if from != known.newest { try transaction.execute("DELETE FROM sliding_rooms WHERE connection = \(connection) AND serial > \(from)") }
        for demand in newDemands {
            try transaction.execute(
                """
                INSERT INTO sliding_demands (connection, demand, state) VALUES (\(connection), \(demand.number), \(demand.state))
                ON CONFLICT (connection, demand) DO UPDATE SET state = excluded.state
                """)
        }
        for room in rooms {
            // Before its first answer a connection has no rooms.
            guard known.previous != nil else {
                try insert(room, connection, serial)
                continue
            }
            try transaction.execute(
                """
                DELETE FROM sliding_rooms WHERE connection = \(connection) AND room = \(room.room) AND serial < (
                    SELECT max(serial) FROM sliding_rooms WHERE connection = \(connection) AND room = \(room.room))
                """)
            try insert(room, connection, serial)
        }
        try transaction.execute(
            "UPDATE sliding_connections SET newest = \(serial), previous = \(from), used = \(now) WHERE connection = \(connection)")
        return true
    }

    /// The person and the device of the connection that was used last.
    public func newest() throws -> (user: UserID, device: String)? {
        try transaction.first("SELECT user_id, device_id FROM sliding_connections ORDER BY used DESC LIMIT 1") { (try $0.user(0), $0.text(1)) }
    }

    /// Notes that a connection is in use.
    public func touch(_ connection: Int64, at now: Int) throws {
        try transaction.execute("UPDATE sliding_connections SET used = \(now) WHERE connection = \(connection)")
    }

    private func insert(_ room: SlidingRoom, _ connection: Int64, _ serial: Int64) throws {
        let flags =
            (room.isDirect ? SlidingConnectionStore.direct : 0) | (room.missedTyping ? SlidingConnectionStore.missedTyping : 0)
            | (room.missedCounts ? SlidingConnectionStore.missedCounts : 0)
        try transaction.execute(
            """
            INSERT INTO sliding_rooms (connection, room, serial, through, timeline_limit, shown, demand, flags, receipts_since, data_since,
                notifications, highlights, members)
            VALUES (\(connection), \(room.room), \(serial), \(room.through), \(room.timelineLimit), \(room.shown), \(room.demand), \(flags),
                \(room.receiptsSince), \(room.dataSince), \(room.notifications), \(room.highlights),
                \(room.members.isEmpty ? nil : PackedNumbers.pack(room.members)))
            """)
    }

    private static let direct: Int64 = 1
    private static let missedTyping: Int64 = 2
    private static let missedCounts: Int64 = 4
}

/// Ascending numbers in few bytes: each as its distance from the one before it, seven bits a byte.
enum PackedNumbers {
    static func pack(_ numbers: [Int64]) -> [UInt8] {
        var bytes: [UInt8] = []
        var last: Int64 = 0
        for number in numbers.sorted() {
            var distance = UInt64(bitPattern: number &- last)
            last = number
            while distance >= 0x80 {
                bytes.append(UInt8(truncatingIfNeeded: distance) | 0x80)
                distance >>= 7
            }
            bytes.append(UInt8(truncatingIfNeeded: distance))
        }
        return bytes
    }

    static func unpack(_ bytes: [UInt8]) -> [Int64] {
        var numbers: [Int64] = []
        var last: Int64 = 0
        var distance: UInt64 = 0
        var shift: UInt64 = 0
        for byte in bytes {
            distance |= UInt64(byte & 0x7F) << shift
            shift += 7
            guard byte < 0x80 || shift > 63 else { continue }
            last &+= Int64(bitPattern: distance)
            numbers.append(last)
            distance = 0
            shift = 0
        }
        return numbers
    }
}
