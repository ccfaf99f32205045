import Database
import MatrixAPI
import MatrixModel
import Storage

/// Tells which rooms two people share (client-server API, "Mutual Rooms").
struct MutualRoomService: Sendable {
    let context: RoomServiceContext

    func bind(to table: inout RouteTable) {
        table.on(GetMutualRooms.self) { caller, request in try await rooms(caller.user, request) }
    }

    private func rooms(_ user: UserID, _ request: GetMutualRooms.Request) async throws -> GetMutualRooms.Response {
        // "If the provided user_id is not a valid user, the server MUST return an empty list of rooms", but one of no grammar is refused.
        guard let other = UserID(request.userID) else { throw MatrixError.invalidParam("'\(request.userID)' is not a user ID.") }
        guard other != user else { throw MatrixError.invalidParam("You share all rooms with yourself.") }
        var after: Int64 = 0
        if let from = request.from {
            guard from.utf8.first == UInt8(ascii: "m"), let number = Int64(from.dropFirst()), number > 0 else {
                throw MatrixError.invalidParam("'from' is not a token of this server.")
            }
            after = number
        }
        let start = after
        return try await context.database.read { transaction in
            let shared = try MembershipStore(transaction).sharedRooms(user, other)
            let rest = shared.drop { $0 <= start }
            let page = rest.prefix(SpaceLimits.mutualPage)
            let next = rest.count > page.count ? page.last.map { "m\($0)" } : nil
            return GetMutualRooms.Response(
                joined: try page.compactMap { try RoomStore(transaction).room(number: $0)?.id }, count: shared.count, nextBatch: next)
        }
    }
}
