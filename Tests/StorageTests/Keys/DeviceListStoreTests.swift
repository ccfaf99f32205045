import Database
import MatrixModel
import Storage
import Testing

struct DeviceListStoreTests {
    @Test func `an update that changes before it is acknowledged goes out again`() async throws {
        try await database(with: Names.alice).write { (transaction) throws in
            try transaction.execute(
                "INSERT INTO memberships (user_id, room, membership, sender, event, position) VALUES (\(Names.alice), 1, 'join', 'x', 1, 1)")
            for server in [Names.carol.server, Names.alice.server] {
                try transaction.execute("INSERT INTO room_servers (server, room, members) VALUES (\(server), 1, 1)")
            }
            let lists = DeviceListStore(transaction)
            let outbox = DeviceListOutbox(transaction)
            let change = try lists.note(["A", "B"], of: Names.alice)
            #expect(change.servers == [Names.carol.server])
            #expect(change.watchers == [Names.alice])
            let first = try outbox.entries(for: Names.carol.server, limit: 9)
            #expect(first.map(\.device) == ["A", "B"])
            #expect(Set(first.map(\.stream)).count == 2)
            #expect(try lists.lastChange(of: Names.alice) == change.position)
            _ = try lists.note(["A"], of: Names.alice)
            for entry in first { try outbox.acknowledge(entry, by: Names.carol.server) }
            #expect(try outbox.entries(for: Names.carol.server, limit: 9).map(\.device) == ["A"])
            #expect(try outbox.lastSent(of: Names.alice, to: Names.carol.server) == first.last?.stream)
            #expect(try lists.note(["A"], of: Names.alice, isFederated: false).servers == [])
        }
    }

    @Test func `devices without keys are removed without a word`() async throws {
        try await database(with: Names.alice).write { (transaction) throws in
            for device in ["A", "B"] { try DeviceStore(transaction).ensure(device, of: Names.alice, displayName: nil, at: 1) }
            try DeviceKeyStore(transaction).set(JSON(["a": 1]), of: Names.alice, device: "B")
            let nothing = try DeviceListStore(transaction).noteRemoval(of: ["A"], of: Names.alice)
            #expect(nothing == nil)
            let change = try DeviceListStore(transaction).noteRemoval(of: ["A", "B"], of: Names.alice)
            #expect(change != nil)
        }
    }

    @Test func `a cursor never goes back`() async throws {
        try await migratedDatabase().write { (transaction) throws in
            let cursors = CursorStore(transaction)
            #expect(try cursors.position(of: "x") == 0)
            try cursors.move("x", to: 7)
            try cursors.move("x", to: 3)
            #expect(try cursors.position(of: "x") == 7)
        }
    }
}
