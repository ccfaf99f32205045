public import Database
public import MatrixModel

/// Writes the index of messages; what it does to one event can be done again without a difference.
public struct SearchIndex {
    private let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    /// What an event asks of the index.
    public enum Step: Sendable {
        /// Its text can be found.
        case add(NewSearchEntry)
        /// It replaces the text of another.
        case edit(number: Int64, target: EventID)
        /// It took an event's content away.
        case redaction(target: EventID)

        /// Nil where it asks for nothing.
        public init?(_ stored: StoredEvent) {
            guard stored.flags.isShown else { return nil }
            if let target = stored.event.replaces {
                self = .edit(number: stored.number, target: target)
            } else if let entry = NewSearchEntry(stored) {
                self = .add(entry)
            } else if stored.event.type == "m.room.redaction", let target = stored.event.redacts {
                self = .redaction(target: target)
            } else {
                return nil
            }
        }
    }

    /// Does what an event asks for.
    public func take(_ step: Step) throws {
        switch step {
        case .add(let entry):
            guard try place(of: entry.event) == nil else { return }
            if try edits(of: entry.id).isEmpty { try insert(entry) } else { try renew(entry.id) }
        case .edit(let number, let target):
            try transaction.execute("INSERT INTO search_edits (target, edit) VALUES (\(target), \(number)) ON CONFLICT (target, edit) DO NOTHING")
            try renew(target)
        case .redaction(let target):
            guard let standing = try EventStore(transaction).find(target), standing.flags.contains(.redacted) else { return }
            try remove(standing.number)
            let edited = try transaction.map("SELECT target FROM search_edits WHERE edit = \(standing.number)") { try $0.eventID(0) }
            try transaction.execute("DELETE FROM search_edits WHERE edit = \(standing.number)")
            for original in edited { try renew(original) }
        }
    }

    /// Makes the text of an event what its last edit says.
    private func renew(_ id: EventID) throws {
        guard let stored = try EventStore(transaction).event(id) else { return }
        guard let entry = NewSearchEntry(stored), stored.event.replaces == nil else { return try remove(stored.number) }
        let text = try lastEdit(of: stored)?.content["m.new_content"]?["body"]?.string ?? entry.text
        if let old = try row(of: stored.number) {
            guard old.text != SearchText.indexable(text) else { return }
            try remove(stored.number)
        }
        try insert(NewSearchEntry(entry, text: text))
    }

    /// The newest edit that counts (client-server API, "Validity of replacement events").
    private func lastEdit(of stored: StoredEvent) throws -> Event? {
        try edits(of: stored.event.id).compactMap { try EventStore(transaction).event(number: $0) }.filter { edit in
            edit.flags.isShown && edit.room == stored.room && edit.event.sender == stored.event.sender && edit.event.type == stored.event.type
                && edit.event.replaces == stored.event.id && edit.event.content["m.new_content"]?["body"]?.string != nil
        }.map(\.event).max { ($0.originServerTS, $0.id) < ($1.originServerTS, $1.id) }
    }

    private func edits(of target: EventID) throws -> [Int64] {
        try transaction.map("SELECT edit FROM search_edits WHERE target = \(target) ORDER BY edit DESC LIMIT \(SearchIndex.maximumEdits)") {
            $0.int(0)
        }
    }

    /// Edits of one event that are looked at.
    private static let maximumEdits = 200

    // MARK: Rows

    private func place(of event: Int64) throws -> Int64? {
        try transaction.first("SELECT place FROM search_entries WHERE event = \(event)")?.int(0)
    }

    private struct EntryRow {
        let place: Int64
        let room: Int64
        let kind: SearchKind
        let text: String
    }

    private func row(of event: Int64) throws -> EntryRow? {
        try transaction.first("SELECT place, room, kind, text FROM search_entries WHERE event = \(event)") { row in
            guard let kind = SearchKind(rawValue: row.int(2)) else { throw StorageError.corrupt("search_entries") }
            return EntryRow(place: row.int(0), room: row.int(1), kind: kind, text: row.text(3))
        }
    }

    private func insert(_ entry: NewSearchEntry) throws {
        guard let place = try freePlace(at: entry.timestamp) else { return }
        let text = SearchText.indexable(entry.text)
        try transaction.execute(
            """
            INSERT INTO search_entries (place, event, room, sender, kind, has_url, text)
            VALUES (\(place), \(entry.event), \(entry.room), \(entry.sender), \(entry.kind.rawValue), \(entry.hasURL), \(text))
            """)
        try transaction.execute(
            """
            INSERT INTO search_text (rowid, room, body, name, topic)
            VALUES (\(place), \(SearchIndex.token(of: entry.room)), \(entry.kind == .body ? text : nil),
                \(entry.kind == .name ? text : nil), \(entry.kind == .topic ? text : nil))
            """)
    }

    private func remove(_ event: Int64) throws {
        guard let row = try row(of: event) else { return }
        // An index without texts of its own is told the words that go.
        try transaction.execute(
            """
            INSERT INTO search_text (search_text, rowid, room, body, name, topic)
            VALUES ('delete', \(row.place), \(SearchIndex.token(of: row.room)), \(row.kind == .body ? row.text : nil),
                \(row.kind == .name ? row.text : nil), \(row.kind == .topic ? row.text : nil))
            """)
        try transaction.execute("DELETE FROM search_entries WHERE place = \(row.place)")
    }

    /// The word that stands for a room.
    static func token(of room: Int64) -> String { "r\(room)" }

    /// Places of one millisecond.
    private static let placesPerMillisecond: Int64 = 1 << 20
    /// Times beyond are indexed as this one: about the year 2109.
    private static let latestTime: Int64 = 1 << 42

    /// The first free place of a millisecond; nil where none is left.
    private func freePlace(at timestamp: Int) throws -> Int64? {
        let first = min(max(Int64(timestamp), 0), SearchIndex.latestTime) * SearchIndex.placesPerMillisecond
        let end = first + SearchIndex.placesPerMillisecond
        let last = try transaction.first("SELECT max(place) FROM search_entries WHERE place >= \(first) AND place < \(end)")?.optionalInt(0)
        guard let last else { return first }
        return last + 1 < end ? last + 1 : nil
    }
}
