import Database
import Logging
import MatrixModel
import RoomServer
public import ServiceLifecycle
package import Storage

/// Takes guests out of rooms that cease to let them in (client-server API, "Guest Access").
///
/// "If the m.room.guest_access event is changed …, the server MUST set those users' m.room.member state to leave." What happened while the
/// server was down is found at its start, by looking at all guests.
public struct GuestWatch: Service {
    let context: RoomServiceContext
    let logger: Logger

    /// Runs until cancelled.
    public func run() async throws {
        let hints = context.feed.hints()
        await cancelWhenGracefulShutdown {
            var position = context.feed.head
            await look(nil)
            for await _ in hints { position = await follow(from: position) }
        }
    }

    /// Looks at the rooms whose guest access changed after a position, and gives how far it came.
    package func follow(from position: Position) async -> Position {
        guard let changes = context.feed.changes(after: position) else {
            await look(nil)
            return context.feed.head
        }
        for case .events(let change) in changes.map(\.kind) where change.events.contains(where: { $0.event.slot == .guestAccess }) {
            await look(change.room)
        }
        return changes.last?.position ?? position
    }

    /// Takes the guests out of one room, or of all, where they may not be.
    private func look(_ room: Int64?) async {
        do {
            let caches = context.caches
            let unwanted = try await context.database.read { transaction in
                try GuestStore(transaction).joined(room: room).compactMap { guest -> (UserID, RoomID)? in
                    let reader = RoomReader(transaction: transaction, caches: caches, user: guest.user)
                    let access = try reader.currentEvent(.guestAccess, room: guest.room)?.event.content["guest_access"]?.string
                    guard access != "can_join", let row = try RoomStore(transaction).room(number: guest.room) else { return nil }
                    return (guest.user, row.id)
                }
            }
            for (guest, room) in unwanted {
                let leave = NewEvent(
                    type: "m.room.member", stateKey: guest.description, sender: guest,
                    content: ["membership": "leave", "reason": "Guests may not be in this room any more."])
                do { _ = try await context.rooms.append(leave, to: room) } catch {
                    logger.warning("a guest could not be taken out of a room", metadata: ["room": "\(room)", "error": "\(error)"])
                }
            }
        } catch {
            logger.error("guests could not be looked for", metadata: ["error": "\(error)"])
        }
    }
}
