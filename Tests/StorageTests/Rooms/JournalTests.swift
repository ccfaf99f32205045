import Database
import MatrixModel
import Storage
import Testing

struct JournalTests {
    private let room = Names.room

    /// An event as the journal stores it; its content does not matter here.
    private func event(_ name: String, type: String = "m.test", stateKey: String? = nil, auth: [String] = [], depth: Int = 1) throws -> Event {
        var members: JSONValue = [
            "type": .string(type), "sender": .string(Names.alice.description), "content": ["body": .string(name)],
            "auth_events": .array(auth.map { .string("$\($0)") }), "prev_events": [], "depth": .integer(depth),
        ]
        if let stateKey { members["state_key"] = .string(stateKey) }
        let json = JSON(members)
        return Event(
            id: try #require(EventID("$\(name)")), roomID: room, type: type, stateKey: stateKey, sender: Names.alice, originServerTS: 0,
            depth: depth, prevEvents: [], authEvents: auth.compactMap { EventID("$\($0)") }, redacts: nil, json: json,
            content: try #require(json["content"]), rules: .v11)
    }

    private func placed(
        _ number: Int64, _ event: Event, slot: Int64? = nil, flags: EventFlags = [], at place: NewStoredEvent.Place = .live,
        outbox: [ServerName]? = nil
    ) -> NewStoredEvent {
        NewStoredEvent(number: number, event: event, slot: slot, flags: flags, before: nil, after: nil, place: place, outbox: outbox)
    }

    private func commit(_ number: Int64, _ revision: Int64, _ change: (inout RoomCommit) -> Void) -> RoomCommit {
        var commit = RoomCommit(room: number, expectedRevision: revision, current: nil)
        change(&commit)
        return commit
    }

    private func database() async throws -> (Database, Int64) {
        let database = try await migratedDatabase()
        let room = room
        return (database, try await database.write { try RoomStore($0).make(room, version: .v11).number })
    }

    @Test func `a commit on another revision is refused and changes nothing`() async throws {
        let (database, number) = try await database()
        let first = try event("first")
        let good = commit(number, 0) { $0.events = [placed(1, first)] }
        #expect(try await database.write { try Journal($0).commit(good) }.head == 1)
        let second = try event("second")
        let stale = commit(number, 0) { $0.events = [placed(2, second)] }
        await #expect(throws: StorageError.revisionConflict) { try await database.write { try Journal($0).commit(stale) } }
        #expect(try await database.read { try Positions.head($0) } == 1)
        #expect(try await database.read { try EventStore($0).find(second.id) } == nil)
    }

    @Test func `only live events take positions`() async throws {
        let (database, number) = try await database()
        let events = try ["a", "b", "c", "d"].map { try event($0) }
        let mixed = commit(number, 0) {
            $0.events = [
                placed(1, events[0]), placed(2, events[1], flags: .softFailed, at: .none), placed(3, events[2]),
                placed(4, events[3], flags: .outlier, at: .none),
            ]
        }
        let receipt = try await database.write { try Journal($0).commit(mixed) }
        #expect(receipt.positions.map(\.event) == [1, 3])
        #expect(receipt.positions.map(\.position) == [1, 2])
        let refused = try event("e")
        let hidden = commit(number, 1) { $0.events = [placed(5, refused, flags: .rejected, at: .none)] }
        let quiet = try await database.write { try Journal($0).commit(hidden) }
        #expect(!quiet.tookPosition)
        #expect(quiet.head == 2)
        let shown = try await database.read { try EventStore($0).timeline(room: number, limit: 10, newestFirst: false).map(\.number) }
        #expect(shown == [1, 3])
    }

    @Test func `what was lacked goes before the event that named it`() async throws {
        let (database, number) = try await database()
        let names = ["old", "new", "lost", "lost too"].map { $0.replacing(" ", with: "-") }
        let events = try names.map { try event($0) }
        let first = commit(number, 0) {
            $0.events = [placed(1, events[0]), placed(2, events[1])]
            $0.missing = [(events[2].id, 2), (events[3].id, 2)]
        }
        _ = try await database.write { try Journal($0).commit(first) }
        #expect(try await database.read { try EventStore($0).naming(events[2].id, room: number) } == 2)
        for (index, revision) in [(2, Int64(1)), (3, Int64(2))] {
            let late = commit(number, revision) { $0.events = [placed(Int64(index + 1), events[index], at: .before(event: 2))] }
            let receipt = try await database.write { try Journal($0).commit(late) }
            #expect(!receipt.tookPosition)
        }
        let order = try await database.read { try EventStore($0).timeline(room: number, limit: 10, newestFirst: false).map(\.number) }
        #expect(order == [1, 4, 3, 2])
        #expect(try await database.read { try EventStore($0).missing(room: number) }.isEmpty)
    }

    @Test func `state events are linked to those they cite`() async throws {
        let (database, number) = try await database()
        let create = try event("create", stateKey: "")
        let member = try event("member", stateKey: "m", auth: ["create"])
        let message = try event("message", auth: ["create", "member"])
        let topic = try event("topic", stateKey: "t", auth: ["member", "create", "unknown"])
        let all = commit(number, 0) {
            $0.newSlots = [NewSlot(number: 7, key: StateKey("m.test", "")), NewSlot(number: 8, key: StateKey("m.test", "m"))]
            $0.events = [placed(1, create, slot: 7), placed(2, member, slot: 8), placed(3, message), placed(4, topic, slot: 9)]
        }
        _ = try await database.write { try Journal($0).commit(all) }
        let citing = try await database.read { transaction in
            var found: [Int64] = []
            try EventStore(transaction).citing(1) { event, _ in
                found.append(event)
                return true
            }
            return found
        }
        #expect(citing == [2, 4])
        #expect(try await database.read { try StateStore($0).slot(StateKey("m.test", "m")) } == 8)
    }

    @Test func `a state in the log never changes`() async throws {
        let (database, number) = try await database()
        let root = StateReference(branch: 1, position: 1)
        let begin = commit(number, 0) {
            $0.stateExtensions = [
                StateExtension(
                    result: root, newBranch: .init(parent: nil, depth: 0),
                    changes: [StateChange(slot: 1, event: 10), StateChange(slot: 2, event: 11)])
            ]
        }
        let next = commit(number, 1) {
            $0.stateExtensions = [
                StateExtension(
                    result: StateReference(branch: 1, position: 2), newBranch: nil, changes: [StateChange(slot: 1, event: 12)]),
                StateExtension(
                    result: StateReference(branch: 2, position: 1), newBranch: .init(parent: root, depth: 1),
                    changes: [StateChange(slot: 2, event: nil), StateChange(slot: 3, event: 13)]),
            ]
        }
        for one in [begin, next] { _ = try await database.write { try Journal($0).commit(one) } }
        let overwriting = commit(number, 2) {
            $0.stateExtensions = [
                StateExtension(result: StateReference(branch: 1, position: 2), newBranch: nil, changes: [StateChange(slot: 1, event: 99)])
            ]
        }
        await #expect(throws: StorageError.revisionConflict) { try await database.write { try Journal($0).commit(overwriting) } }
        let (states, single) = try await database.read { transaction in
            let store = StateStore(transaction)
            let references = [root, StateReference(branch: 1, position: 2), StateReference(branch: 2, position: 1)]
            return (
                try references.map { try store.state(at: $0) },
                [
                    try store.event(in: references[1], slot: 1), try store.event(in: references[2], slot: 1),
                    try store.event(in: references[2], slot: 2),
                ]
            )
        }
        let plain = states.map { state in Dictionary(uniqueKeysWithValues: state.map { ($0.key, $0.value) }) }
        #expect(plain == [[1: 10, 2: 11], [1: 12, 2: 11], [1: 10, 3: 13]])
        #expect(single == [12, 10, nil])
    }

    @Test func `the outbox knows whom an entry concerns`() async throws {
        let (database, number) = try await database()
        let remote = Names.carol.server
        let invited = try #require(ServerName("invited.example"))
        let events = try ["a", "b"].map { try event($0) }
        let sent = commit(number, 0) {
            $0.events = [placed(1, events[0], outbox: []), placed(2, events[1], outbox: [invited])]
            $0.memberships = [MembershipChange(user: Names.carol, membership: .join, sender: Names.carol, event: 1)]
        }
        _ = try await database.write { try Journal($0).commit(sent) }
        let (near, far, none) = try await database.read { transaction in
            let outbox = OutboxStore(transaction)
            return (
                try outbox.entries(for: remote, after: 0, limit: 10).map(\.event), try outbox.entries(for: invited, after: 0, limit: 10).map(\.event),
                try outbox.entries(for: Names.server, after: 0, limit: 10).map(\.event)
            )
        }
        #expect(near == [1, 2])
        #expect(far == [2])
        #expect(none == [])
    }
}
