import Database
import Federation
import MatrixAPI
import MatrixModel
import RoomServer
import Storage

/// Receipts and read markers (client-server API, "Receipts", "Fully read markers").
struct ReceiptService: Sendable {
    let context: RoomServiceContext

    func bind(to table: inout RouteTable) {
        table.on(SendReceipt.self) { caller, request in
            context.noteActivity(of: caller)
            try await acknowledge(caller.user, request.roomID, request.eventID, request.type, thread: request.threadID)
            return EmptyResponse()
        }
        table.on(SetReadMarkers.self) { caller, request in
            context.noteActivity(of: caller)
            if let event = request.fullyRead { try await acknowledge(caller.user, request.roomID, event, .fullyRead, thread: nil) }
            if let event = request.read { try await acknowledge(caller.user, request.roomID, event, .read, thread: nil) }
            if let event = request.privateRead { try await acknowledge(caller.user, request.roomID, event, .privateRead, thread: nil) }
            return EmptyResponse()
        }
    }

    private func acknowledge(_ user: UserID, _ room: RoomID, _ event: EventID, _ type: ReceiptType, thread: String?) async throws {
        try await context.read(user) { reader in
            let access = try reader.joined(room)
            guard let stored = try reader.events.event(event), stored.room == access.room.number else {
                throw MatrixError.notFound("There is no event \(event) in this room.")
            }
            if let thread {
                guard try reader.isInThread(stored, thread) else { throw MatrixError.invalidParam("\(event) is not in the thread \(thread).") }
            }
        }
        switch type {
        case .fullyRead: try await setMarker(user, room, event)
        case .read, .privateRead:
            let receipt = Receipt(
                room: room, type: type.rawValue, user: user, thread: thread, event: event,
                timestamp: context.environment.nowMilliseconds())
            try await set(receipt, isPrivate: type == .privateRead)
        }
    }

    /// "the server MUST send the updated account data event through to the client via the event stream".
    private func setMarker(_ user: UserID, _ room: RoomID, _ event: EventID) async throws {
        let feed = context.feed
        try await context.database.write({ transaction -> Position? in
            let store = AccountDataStore(transaction)
            if let earlier = try store.content("m.fully_read", room: room, user: user)?["event_id"]?.string.flatMap({ EventID($0) }),
                try !ReceiptOrder.isLater(event, than: earlier, transaction)
            {
                return nil
            }
            let position = try Positions.next(transaction)
            try store.set("m.fully_read", to: JSON(["event_id": .string(event.description)]), room: room, user: user, position: position)
            return position
        }) { position in
            if let position { feed.publish(Change(position: position, kind: .user(user))) }
        }
    }

    private func set(_ receipt: Receipt, isPrivate: Bool) async throws {
        let result = try await ReceiptWriter(context: context).write([receipt], isPrivate: isPrivate)
        guard !isPrivate, let servers = result.first?.servers, !servers.isEmpty else { return }
        context.remote.send(
            .receipt(
                room: receipt.room, type: receipt.type, user: receipt.user, event: receipt.event, thread: receipt.thread,
                timestamp: receipt.timestamp), servers)
    }
}

/// Which of two events of a room comes later.
enum ReceiptOrder {
    /// Whether an event comes after another in the timeline; one that has no place there is before all others.
    static func isLater(_ event: EventID, than earlier: EventID, _ transaction: Transaction) throws -> Bool {
        let store = EventStore(transaction)
        guard let new = try store.event(event)?.ordering else { return false }
        guard let old = try store.event(earlier)?.ordering else { return true }
        return new > old
    }
}

extension RoomReader {
    /// Most relations that are followed from an event to its thread: "a maximum of 3 hops is recommended".
    private static let threadHops = 3

    /// Whether an event is in the thread of that root, or with `main` in none (client-server API, "Threaded read receipts").
    func isInThread(_ stored: StoredEvent, _ thread: String) throws -> Bool {
        // What was redacted no longer says to which thread it belonged: the client knows.
        if stored.flags.contains(.redacted) { return true }
        let relations = RelationStore(transaction)
        var (number, id) = (stored.number, stored.event.id)
        for _ in 0...RoomReader.threadHops {
            guard let relation = try relations.parent(of: number) else { break }
            if relation.type == Relation.thread { return relation.parent.description == thread }
            guard let next = try events.find(relation.parent), next.room == stored.room else { break }
            (number, id) = (next.number, relation.parent)
        }
        // "Thread roots are considered to be in the main timeline"; a client that has the root alone of a thread open may name the thread.
        return thread == "main" || id.description == thread
    }
}
