import Database
import Logging
import MatrixAPI
import MatrixModel
import Storage

/// Takes reports of bad content (client-server API, "Reporting Content"); they go to the log for the administrators.
struct ReportService: Sendable {
    let context: RoomServiceContext
    let logger: Logger

    func bind(to table: inout RouteTable) {
        table.on(ReportRoom.self) { caller, request in
            let isKnown = try await context.database.read { try RoomStore($0).room(request.roomID) != nil }
            guard isKnown else { throw MatrixError.notFound("The room \(request.roomID) is not known here.") }
            logger.notice("a room was reported", metadata: ["room": "\(request.roomID)", "by": "\(caller.user)"])
            return EmptyResponse()
        }
        table.on(ReportEvent.self) { caller, request in
            let isSeen = try await context.read(caller.user) { reader in
                guard let room = try RoomStore(reader.transaction).room(request.roomID) else { return false }
                let access = try reader.access(to: room)
                return try access.isJoined && reader.visible(request.eventID, access) != nil
            }
            // "The event was not found or you are not joined to the room where the event resides."
            guard isSeen else { throw MatrixError.notFound("There is no event \(request.eventID) that you may see.") }
            logger.notice(
                "an event was reported", metadata: ["room": "\(request.roomID)", "event": "\(request.eventID)", "by": "\(caller.user)"])
            return EmptyResponse()
        }
    }
}
