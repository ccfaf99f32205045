import Database
import MatrixAPI
import MatrixModel
import RoomServer
import Storage

/// Follows threads (MSC4306); what changes syncs.
struct ThreadSubscriptionService: Sendable {
    let context: RoomServiceContext

    func bind(to table: inout RouteTable) {
        table.on(SubscribeToThread.self) { caller, request in
            try await subscribe(caller.user, request)
            return EmptyResponse()
        }
        table.on(UnsubscribeFromThread.self) { caller, thread in
            try await unsubscribe(caller.user, thread)
            return EmptyResponse()
        }
        table.on(GetThreadSubscription.self) { caller, thread in
            let subscription = try await context.read(caller.user) { reader in
                let room = try ThreadSubscriptionService.room(of: thread, reader)
                return try ThreadSubscriptionStore(reader.transaction).subscription(of: reader.user, room: room, root: thread.root)
            }
            guard let subscription, subscription.isSubscribed else { throw MatrixError.notFound("You do not follow this thread.") }
            return GetThreadSubscription.Response(isAutomatic: subscription.isAutomatic)
        }
    }

    /// The number of the room of a thread that the person may see: "If the thread does not exist, or if the user does not have access to it,
    /// returns 404/M_NOT_FOUND".
    private static func room(of thread: ThreadReference, _ reader: RoomReader) throws -> Int64 {
        let missing = MatrixError.notFound("There is no thread \(thread.root) that you may see.")
        guard let room = try RoomStore(reader.transaction).room(thread.roomID) else { throw missing }
        let access = try reader.access(to: room)
        guard access.isJoined, try reader.visible(thread.root, access) != nil else { throw missing }
        return room.number
    }

    private func subscribe(_ user: UserID, _ request: SubscribeToThread.Request) async throws {
        try await change(user, request.thread) { transaction, room, current in
            guard let cause = request.cause else {
                // "manual subscriptions take precedence over automatic subscriptions"
                return current?.isSubscribed == true && current?.isAutomatic == false ? nil : (true, false)
            }
            let event = try EventStore(transaction).find(cause)
            let relation = try event.flatMap { try RelationStore(transaction).parent(of: $0.number) }
            guard let event, event.room == room, let relation, relation.type == Relation.thread, relation.parent == request.thread.root else {
                throw MatrixError(400, .notInThread, "\(cause) is not in the thread.")
            }
            guard let current else { return (true, true) }
            if current.isSubscribed { return nil }
            // "The server will skip the subscription if it determines that the automatic subscription is for an event that was already
            // acknowledged at the time a manual unsubscription was requested."
            guard let position = event.position, position > current.position else {
                throw MatrixError(409, .conflictingUnsubscription, "You stopped following the thread after \(cause).")
            }
            return (true, true)
        }
    }

    private func unsubscribe(_ user: UserID, _ thread: ThreadReference) async throws {
        try await change(user, thread) { _, _, current in current?.isSubscribed == true ? (false, false) : nil }
    }

    /// Decides in one transaction what becomes of a subscription, nil for nothing, and tells the person's devices.
    private func change(
        _ user: UserID, _ thread: ThreadReference,
        _ decide:
            @escaping @Sendable (
                _ transaction: Transaction, _ room: Int64, _ current: ThreadSubscriptionStore.Subscription?
            ) throws -> (isSubscribed: Bool, isAutomatic: Bool)?
    ) async throws {
        let caches = context.caches
        let feed = context.feed
        try await context.database.write { transaction -> Position? in
            let room = try ThreadSubscriptionService.room(of: thread, RoomReader(transaction: transaction, caches: caches, user: user))
            let store = ThreadSubscriptionStore(transaction)
            let current = try store.subscription(of: user, room: room, root: thread.root)
            guard let next = try decide(transaction, room, current) else { return nil }
            let position = try Positions.next(transaction)
            try store.set(
                user, room: room, root: thread.root, isSubscribed: next.isSubscribed, isAutomatic: next.isAutomatic, position: position)
            return position
        } whenDurable: { position in
            if let position { feed.publish(Change(position: position, kind: .user(user))) }
        }
    }
}
