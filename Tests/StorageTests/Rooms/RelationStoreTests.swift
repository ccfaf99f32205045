import Database
import MatrixModel
import Storage
import Testing

struct RelationStoreTests {
    private let room = Names.room

    private func id(_ name: String) throws -> EventID { try #require(EventID("$\(name)")) }

    /// A message that relates to another.
    private func event(_ name: String, _ kind: String? = nil, to parent: String? = nil, sender: UserID = Names.alice, at time: Int = 0) throws
        -> Event
    {
        var content: JSONValue = ["m.new_content": ["body": .string(name)]]
        if let kind, let parent { content["m.relates_to"] = ["rel_type": .string(kind), "event_id": .string("$\(parent)")] }
        let json = JSON([
            "type": "m.room.message", "sender": .string(sender.description), "content": content, "auth_events": [], "prev_events": [], "depth": 1,
            "origin_server_ts": .integer(time),
        ])
        return Event(
            id: try id(name), roomID: room, type: "m.room.message", stateKey: nil, sender: sender, originServerTS: time, depth: 1, prevEvents: [],
            authEvents: [], redacts: nil, json: json, content: try #require(json["content"]), rules: .v11)
    }

    private func placed(_ number: Int64, _ event: Event, flags: EventFlags = [], at place: NewStoredEvent.Place = .live) -> NewStoredEvent {
        NewStoredEvent(number: number, event: event, slot: nil, flags: flags, before: nil, after: nil, place: place, outbox: nil)
    }

    private func database() async throws -> (Database, Int64) {
        let database = try await migratedDatabase()
        let room = room
        return (database, try await database.write { try RoomStore($0).make(room, version: .v11).number })
    }

    private func commit(_ database: Database, _ room: Int64, _ revision: Int64, _ change: (inout RoomCommit) -> Void) async throws {
        var commit = RoomCommit(room: room, expectedRevision: revision, current: nil)
        change(&commit)
        let value = commit
        _ = try await database.write { try Journal($0).commit(value) }
    }

    private func counts(_ database: Database, _ room: Int64, _ parent: String) async throws -> [String: Int] {
        let parent = try id(parent)
        return try await database.read { transaction in
            Dictionary(uniqueKeysWithValues: try RelationStore(transaction).counts(of: [parent], room: room).map { ($0.type, $0.children) })
        }
    }

    @Test func `only shown children count, an outlier from when it takes its place`() async throws {
        let (database, number) = try await database()
        let events = try [
            placed(1, event("root")), placed(2, event("a", "m.thread", to: "root")),
            placed(3, event("b", "m.thread", to: "root"), flags: .softFailed, at: .none),
            placed(4, event("c", "m.thread", to: "root"), flags: .outlier, at: .none),
            placed(5, event("d", "m.reference", to: "root"), flags: .backfilled, at: .history(ordering: 5)),
            placed(6, event("e", "org.example.kind", to: "root")),
        ]
        try await commit(database, number, 0) { $0.events = events }
        #expect(try await counts(database, number, "root") == ["m.thread": 1, "m.reference": 1])
        let promoted = try placed(4, event("c", "m.thread", to: "root"))
        try await commit(database, number, 1) { $0.promoted = [.init(promoted)] }
        #expect(try await counts(database, number, "root") == ["m.thread": 2, "m.reference": 1])
        let root = try id("root")
        let children = try await database.read {
            try RelationStore($0).children(
                of: root, room: number, type: nil, eventType: nil, after: .min, before: .max, newestFirst: false, limit: 10
            ).map(\.number)
        }
        #expect(children == [5, 2, 6, 4])
    }

    @Test func `a redacted child is gone, and its count with it`() async throws {
        let (database, number) = try await database()
        let events = try [
            placed(1, event("root")), placed(2, event("a", "m.thread", to: "root")), placed(3, event("b", "m.thread", to: "root")),
            placed(4, event("r")),
        ]
        try await commit(database, number, 0) { $0.events = events }
        for (revision, child) in [(Int64(1), Int64(3)), (2, 2)] {
            let bytes = Array(try event("x").json.rawBytes)
            try await commit(database, number, revision) { $0.redactions = [.init(target: child, json: bytes, redaction: 4)] }
            let threads = try await database.read { try RelationStore($0).threads(room: number, before: .max, limit: 10).map(\.latest) }
            #expect(threads == (child == 3 ? [TimelineOrder.ordering(of: 2)] : []))
        }
        #expect(try await counts(database, number, "root") == [:])
    }

    @Test func `the most recent edit is told by its time, then by its identifier`() async throws {
        let (database, number) = try await database()
        let root = try event("root")
        let events = try [
            placed(1, root), placed(2, event("a", "m.replace", to: "root", at: 5)), placed(3, event("c", "m.replace", to: "root", at: 9)),
            placed(4, event("b", "m.replace", to: "root", at: 9)), placed(5, event("z", "m.replace", to: "root", sender: Names.bob, at: 99)),
        ]
        try await commit(database, number, 0) { $0.events = events }
        let edits = try await database.read { try RelationStore($0).replacements(of: root, room: number, limit: 10) }
        #expect(edits == [3, 4, 2])
    }

    @Test func `events from before the table are in it`() async throws {
        let database = try Database.memory()
        let old = Array(Schema.migrations.prefix(4))
        try await Migrator(migrations: old).migrate(database)
        let room = room
        let number = try await database.write { try RoomStore($0).make(room, version: .v11).number }
        func body(_ content: String, type: String = "m.room.message") -> [UInt8] {
            Array(#"{"content":\#(content),"origin_server_ts":7,"sender":"@alice:example.org","type":"\#(type)"}"#.utf8)
        }
        let thread = #"{"m.relates_to":{"event_id":"$root","rel_type":"m.thread"}}"#
        let nested = String(repeating: "[", count: 5_000) + String(repeating: "]", count: 5_000)
        let bodies: [([UInt8], EventFlags)] = [
            (body(#"{"body":"m.relates_to"}"#), []), (body(thread), []), (body(thread), .softFailed),
            (body(#"{"m.relates_to":{"event_id":"$root","key":"👍","rel_type":"m.annotation"}}"#, type: "m.reaction"), []),
            (body(#"{"m.relates_to":{"event_id":"$root","rel_type":"m.replace"}}"#), []),
            (body(#"{"m.new_content":{},"m.relates_to":{"event_id":"$root","rel_type":"m.replace"}}"#), []),
            (body(#"{"m.relates_to":{"event_id":"$root","rel_type":"m.replace"}}"#, type: "m.room.encrypted"), []),
            (body(#"{"m.relates_to":{"event_id":5,"rel_type":"m.thread"}}"#), []), (body(#"{"m.relates_to":{"rel_type":"m.thread"}}"#), []),
            (body(#"{"deep":\#(nested),"m.relates_to":{"event_id":"$root","rel_type":"m.thread"}}"#), []),
        ]
        try await database.write { transaction in
            for (index, (body, flags)) in bodies.enumerated() {
                _ = try transaction.execute(
                    """
                    INSERT INTO events (event, event_id, room, position, ordering, depth, flags, json)
                    VALUES (\(index), \("$event\(index)"), \(number), \(index), \(index * 10), 1, \(flags.rawValue), \(body))
                    """)
            }
        }
        try await Migrator(migrations: Schema.migrations).migrate(database)
        #expect(try await counts(database, number, "root") == ["m.thread": 1, "m.replace": 2])
        let root = try id("root")
        let isAnnotated = try await database.read {
            try RelationStore($0).isAnnotated(root, room: number, by: Names.alice, eventType: "m.reaction", key: "👍")
        }
        #expect(isAnnotated)
        let latest = try await database.read { try RelationStore($0).threads(room: number, before: .max, limit: 1).first?.latest }
        #expect(latest == 10)
    }
}
