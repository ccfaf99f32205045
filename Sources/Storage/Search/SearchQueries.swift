public import Database
import MatrixModel

/// One entry of the index that a search met.
public struct SearchCandidate: Sendable {
    /// Rises with the event's time.
    public let place: Int64
    /// The event's number.
    public let event: Int64
    /// The room's number.
    public let room: Int64
    public let sender: String
    public let kind: SearchKind
    /// How well the text fits; higher is better. 0 where nobody asked.
    public var rank: Double
}

/// What of the index a search wants.
public struct SearchScope: Sendable {
    /// The rooms, by number.
    public var rooms: Set<Int64>
    /// The kinds of text.
    public var kinds: Set<SearchKind>
    public var senders: Set<String>?
    public var notSenders: Set<String> = []
    /// Senders whose messages are left out; what they named a room is not.
    public var ignoredSenders: Set<String> = []
    /// Whether only events with, or only those without, a `url` are wanted.
    public var containsURL: Bool?

    public init(rooms: Set<Int64>, kinds: Set<SearchKind>) {
        self.rooms = rooms
        self.kinds = kinds
    }

    func admits(room: Int64, sender: String, kind: SearchKind, hasURL: Bool) -> Bool {
        guard rooms.contains(room), kinds.contains(kind) else { return false }
        if let containsURL, containsURL != hasURL { return false }
        if let senders, !senders.contains(sender) { return false }
        return !notSenders.contains(sender) && !(kind == .body && ignoredSenders.contains(sender))
    }
}

/// Looks things up in the index of messages.
public struct SearchQueries {
    private let transaction: Transaction
    /// With more rooms than this, the rooms of what was found are looked at one by one.
    private static let maximumRoomWords = 16

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    /// What was found: the newest first.
    public struct Found: Sendable {
        public var candidates: [SearchCandidate] = []
        /// Whether older entries were left unread.
        public var isCutShort = false
    }

    /// The newest entries of a scope that have all words, at most `limit` of them, among `scan` that have the words at all.
    public func candidates(
        _ term: SearchTerm, _ scope: SearchScope, before place: Int64 = .max, limit: Int, scan: Int, isRanked: Bool
    ) throws -> Found {
        var found = Found()
        guard !term.isEmpty, !scope.rooms.isEmpty, !scope.kinds.isEmpty else { return found }
        var scanned = 0
        // To rank takes longer than to find.
        let rank: SQL = isRanked ? SearchQueries.rank : "0"
        struct Enough: Error {}
        do {
            try transaction.forEach(
                """
                SELECT t.rowid, e.event, e.room, e.sender, e.kind, e.has_url, \(rank)
                FROM search_text t JOIN search_entries e ON e.place = t.rowid
                WHERE search_text MATCH \(SearchQueries.expression(term, scope)) AND t.rowid < \(place) ORDER BY t.rowid DESC
                """
            ) { row in
                guard scanned < scan, found.candidates.count < limit else { throw Enough() }
                scanned += 1
                let room = row.int(2)
                guard scope.rooms.contains(room), let kind = SearchKind(rawValue: row.int(4)) else { return }
                let sender = row.text(3)
                guard scope.admits(room: room, sender: sender, kind: kind, hasURL: row.bool(5)) else { return }
                found.candidates.append(
                    SearchCandidate(
                        place: row.int(0), event: row.int(1), room: room, sender: sender, kind: kind, rank: SearchQueries.rank(row.int(6))))
            }
        } catch is Enough {
            found.isCutShort = true
        }
        return found
    }

    /// How well the entries between two places fit, by place.
    public func ranks(_ term: SearchTerm, _ scope: SearchScope, in places: ClosedRange<Int64>) throws -> [Int64: Double] {
        guard !term.isEmpty, !scope.rooms.isEmpty, !scope.kinds.isEmpty else { return [:] }
        var ranks: [Int64: Double] = [:]
        try transaction.forEach(
            """
            SELECT t.rowid, \(SearchQueries.rank) FROM search_text t WHERE search_text MATCH \(SearchQueries.expression(term, scope))
            AND t.rowid >= \(places.lowerBound) AND t.rowid <= \(places.upperBound) ORDER BY t.rowid DESC
            """
        ) { row in
            ranks[row.int(0)] = SearchQueries.rank(row.int(1))
        }
        return ranks
    }

    /// In billionths, for rows have no fractions; the engine's own rank is the better the lower.
    private static let rank: SQL = "CAST(-1000000000.0 * bm25(search_text, 0.0, 1.0, 1.0, 1.0) AS INTEGER)"

    private static func rank(_ billionths: Int64) -> Double { Double(billionths) / 1_000_000_000 }

    /// The match in the index's query language.
    private static func expression(_ term: SearchTerm, _ scope: SearchScope) -> String {
        let columns = SearchKind.allCases.filter { scope.kinds.contains($0) }.map { kind in
            switch kind {
            case .body: "body"
            case .name: "name"
            case .topic: "topic"
            }
        }
        let words = "{\(columns.joined(separator: " "))} : (\(term.expression))"
        guard scope.rooms.count <= maximumRoomWords else { return words }
        return "room : (\(scope.rooms.sorted().map { "\"\(SearchIndex.token(of: $0))\"" }.joined(separator: " OR "))) AND \(words)"
    }
}
