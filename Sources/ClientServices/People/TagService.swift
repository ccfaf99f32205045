import MatrixAPI
import MatrixModel

/// A person's tags on rooms, which are account data of the type `m.tag` (client-server API, "Room Tagging").
struct TagService: Sendable {
    let data: PersonalData

    private static let type = "m.tag"

    var routes: RouteTable {
        var table = RouteTable()
        table.on(GetRoomTags.self) { caller, request in
            try check(request.user, caller)
            let stored = try await data.content(TagService.type, room: request.roomID, user: caller.user)
            return JSONResponse(["tags": stored?["tags"]?.value ?? [:]])
        }
        table.on(SetRoomTag.self) { caller, request in
            try check(request.user, caller)
            // "Tag names MUST NOT exceed 255 bytes."
            guard (1...AccountLimits.accountDataTypeBytes).contains(request.tag.utf8.count) else {
                throw MatrixError.invalidParam("A tag has 1 to \(AccountLimits.accountDataTypeBytes) bytes.")
            }
            let content = request.content.value
            try await change(request.roomID, caller.user) { $0[request.tag] = content }
            return EmptyResponse()
        }
        table.on(DeleteRoomTag.self) { caller, request in
            try check(request.user, caller)
            try await change(request.roomID, caller.user) { $0[request.tag] = nil }
            return EmptyResponse()
        }
        return table
    }

    private func change(_ room: RoomID, _ user: UserID, _ edit: @escaping @Sendable (inout JSONValue) -> Void) async throws {
        try await data.change(TagService.type, room: room, user: user) { stored in
            var tags = stored?["tags"]?.value ?? [:]
            edit(&tags)
            return JSON(["tags": tags])
        }
    }

    private func check(_ user: UserID, _ caller: UserCaller) throws(MatrixError) {
        guard user == caller.user else { throw .forbidden("Another user's tags are theirs alone.") }
    }
}
