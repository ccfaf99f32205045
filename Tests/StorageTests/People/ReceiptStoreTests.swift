import Database
import MatrixModel
import Storage
import Testing

struct ReceiptStoreTests {
    private static func receipt(
        _ user: UserID, _ event: EventID, room: RoomID = Names.room, type: String = "m.read", thread: String? = nil, timestamp: Int = 1
    ) -> Receipt {
        Receipt(room: room, type: type, user: user, thread: thread, event: event, timestamp: timestamp)
    }

    @Test func `a newer receipt replaces the one of its user, type and thread`() async throws {
        let database = try await migratedDatabase()
        try await database.write { transaction in
            let receipts = ReceiptStore(transaction)
            try receipts.set(Self.receipt(Names.alice, Names.first), position: 1)
            try receipts.set(Self.receipt(Names.alice, Names.first, thread: "main"), position: 2)
            try receipts.set(Self.receipt(Names.alice, Names.second, timestamp: 9), position: 3)
            #expect(
                try receipts.receipts(room: Names.room, type: "m.read", user: Names.alice) == [
                    Self.receipt(Names.alice, Names.second, timestamp: 9), Self.receipt(Names.alice, Names.first, thread: "main"),
                ])
            #expect(try receipts.receipt(room: Names.room, type: "m.read", user: Names.alice, thread: nil)?.event == Names.second)
            #expect(try receipts.receipt(room: Names.room, type: "m.read", user: Names.alice, thread: "$other") == nil)
            #expect(try receipts.receipts(room: Names.room, viewer: Names.alice, after: 2).map(\.event) == [Names.second])
        }
    }

    @Test func `a private receipt is seen by its user alone`() async throws {
        let database = try await migratedDatabase()
        try await database.write { transaction in
            let receipts = ReceiptStore(transaction)
            try receipts.set(Self.receipt(Names.alice, Names.first, type: "m.read.private"), position: 1)
            try receipts.set(Self.receipt(Names.bob, Names.second), position: 2)
            #expect(try receipts.receipts(room: Names.room, viewer: Names.alice).map(\.user) == [Names.alice, Names.bob])
            #expect(try receipts.receipts(room: Names.room, viewer: Names.bob).map(\.user) == [Names.bob])
            #expect(try receipts.rooms(changedAfter: 0, through: 1, viewer: Names.alice) == [Names.room])
            #expect(try receipts.rooms(changedAfter: 0, through: 1, viewer: Names.bob).isEmpty)
        }
    }

    @Test func `changed rooms are told`() async throws {
        let database = try await migratedDatabase()
        try await database.write { transaction in
            let receipts = ReceiptStore(transaction)
            try receipts.set(Self.receipt(Names.alice, Names.first), position: 1)
            try receipts.set(Self.receipt(Names.alice, Names.first, room: Names.otherRoom), position: 2)
            #expect(try receipts.rooms(changedAfter: 0, viewer: Names.bob) == [Names.room, Names.otherRoom])
            #expect(try receipts.rooms(changedAfter: 1, viewer: Names.bob) == [Names.otherRoom])
            #expect(try receipts.rooms(changedAfter: 2, viewer: Names.bob).isEmpty)
        }
    }
}
