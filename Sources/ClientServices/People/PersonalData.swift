import Database
import MatrixModel
import RoomServer
import Storage

/// A person's account data: written so that it syncs.
struct PersonalData: Sendable {
    let rooms: RoomServer

    /// The content of a type; nil where it was never set.
    func content(_ type: String, room: RoomID? = nil, user: UserID) async throws -> JSON? {
        try await rooms.database.read { try AccountDataStore($0).content(type, room: room, user: user) }
    }

    /// Sets the content of a type, and tells the user's devices.
    func set(_ type: String, to content: JSON, room: RoomID? = nil, user: UserID) async throws {
        try await change(type, room: room, user: user) { _ in content }
    }

    /// Computes a new content from the one that is there, in the same transaction, and tells the user's devices.
    func change(
        _ type: String, room: RoomID? = nil, user: UserID, _ transform: @escaping @Sendable (JSON?) throws -> JSON
    ) async throws {
        let feed = rooms.feed
        try await rooms.database.write { transaction in
            let store = AccountDataStore(transaction)
            let content = try transform(try store.content(type, room: room, user: user))
            let position = try Positions.next(transaction)
            try store.set(type, to: content, room: room, user: user, position: position)
            return position
        } whenDurable: { position in
            feed.publish(Change(position: position, kind: .user(user)))
        }
    }
}
