import Database
import MatrixModel
import RoomServer
import Storage

/// Stores receipts and tells those whom they concern.
struct ReceiptWriter: Sendable {
    let context: RoomServiceContext

    /// What storing one receipt came to.
    struct Outcome: Sendable {
        let room: RoomID
        let roomNumber: Int64
        let position: Position
        /// Members of this server.
        let members: Set<UserID>
        /// Other servers in the room.
        let servers: [ServerName]
        let user: UserID
    }

    /// Stores those of the receipts that move forward, in rooms that are known here.
    @discardableResult
    func write(_ receipts: [Receipt], isPrivate: Bool) async throws -> [Outcome] {
        let own = context.serverName
        let feed = context.feed
        return try await context.database.write({ transaction in
            try receipts.compactMap { try store($0, own, transaction) }
        }) { outcomes in
            for outcome in outcomes {
                feed.publish(
                    Change(
                        position: outcome.position,
                        kind: isPrivate ? .user(outcome.user) : .room(number: outcome.roomNumber, members: outcome.members)))
            }
        }
    }

    private func store(_ receipt: Receipt, _ own: ServerName, _ transaction: Transaction) throws -> Outcome? {
        guard let room = try RoomStore(transaction).room(receipt.room) else { return nil }
        let store = ReceiptStore(transaction)
        if let earlier = try store.receipt(room: receipt.room, type: receipt.type, user: receipt.user, thread: receipt.thread) {
            // Of another server's events not all may have come yet: its word stands where one is not known.
            let isKnown = try EventStore(transaction).event(receipt.event) != nil
            if isKnown || receipt.user.server == own, try !ReceiptOrder.isLater(receipt.event, than: earlier.event, transaction) { return nil }
        }
        let position = try Positions.next(transaction)
        try store.set(receipt, position: position)
        return Outcome(
            room: receipt.room, roomNumber: room.number, position: position,
            members: Set(try SyncQueries(transaction).joinedUsers(room: room.number, of: own)),
            servers: try MembershipStore(transaction).servers(room: room.number).map(\.server).filter { $0 != own }, user: receipt.user)
    }
}
