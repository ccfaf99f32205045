import Database
import Logging
import MatrixAPI
import MatrixModel
import Storage

/// Takes reports of bad content (client-server API, "Reporting Content") and keeps them for the administrators.
///
/// Nobody learns from an answer whether a room or a user exists: reports of those that are not known here are kept like others.
struct ReportService: Sendable {
    let context: RoomServiceContext
    let logger: Logger

    /// Most reports that are kept, of all people and of one.
    private static let kept = 100_000
    private static let keptOfOne = 1_000
    private static let reasonBytes = 8_192

    func bind(to table: inout RouteTable) {
        table.on(ReportRoom.self) { caller, request in
            try await keep(.room(request.roomID), by: caller.user, reason: request.reason)
            return EmptyResponse()
        }
        table.on(ReportUser.self) { caller, request in
            try await keep(.user(request.user), by: caller.user, reason: request.reason)
            return EmptyResponse()
        }
        table.on(ReportEvent.self) { caller, request in
            if let score = request.score, !(-100...0).contains(score) { throw MatrixError.invalidParam("'score' must be from -100 to 0.") }
            let event = try await context.read(caller.user) { reader -> [UInt8]? in
                guard let room = try RoomStore(reader.transaction).room(request.roomID) else { return nil }
                let access = try reader.access(to: room)
                guard access.isJoined, let stored = try reader.visible(request.eventID, access)?.stored else { return nil }
                return Array(stored.event.json.rawBytes)
            }
            // "The event was not found or you are not joined to the room where the event resides."
            guard let event else { throw MatrixError.notFound("There is no event \(request.eventID) that you may see.") }
            try await keep(
                .event(request.eventID, room: request.roomID, json: event), by: caller.user, reason: request.reason, score: request.score)
            return EmptyResponse()
        }
    }

    private func keep(_ subject: Report.Subject, by reporter: UserID, reason: String?, score: Int? = nil) async throws {
        guard (reason?.utf8.count ?? 0) <= ReportService.reasonBytes else {
            throw MatrixError.invalidParam("'reason' has at most \(ReportService.reasonBytes) bytes.")
        }
        let report = Report(
            subject: subject, reporter: reporter, reason: reason, score: score, received: context.environment.nowMilliseconds())
        let number = try await context.database.write { transaction in
            try ReportStore(transaction).add(report, keeping: ReportService.kept, perReporter: ReportService.keptOfOne)
        }
        logger.notice("a report was made", metadata: ["report": "\(number)", "by": "\(reporter)"])
    }
}
