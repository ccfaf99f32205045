import MatrixModel
import RoomGraph

/// Where a page of a space's tree ended: opaque to clients, and valid over restarts, for the tree is walked anew.
struct HierarchyToken: Hashable, Sendable, CustomStringConvertible {
    let room: RoomID
    let maximumDepth: Int
    let isSuggestedOnly: Bool
    /// Rooms that were told.
    let offset: Int

    init(room: RoomID, maximumDepth: Int, isSuggestedOnly: Bool, offset: Int) {
        self.room = room
        self.maximumDepth = maximumDepth
        self.isSuggestedOnly = isSuggestedOnly
        self.offset = offset
    }

    /// 400 `M_INVALID_PARAM` where the text is no token of ours.
    static func parse(_ text: String) throws(MatrixError) -> HierarchyToken {
        guard let bytes = Base64.decode(text), let json = try? JSON.parse(bytes), let room = json[0]?.string.flatMap({ RoomID($0) }),
            let maximumDepth = json[1]?.integer, let isSuggestedOnly = json[2]?.bool, let offset = json[3]?.integer,
            (0...SpaceLimits.walked).contains(offset)
        else { throw .invalidParam("'from' is not a token of this server.") }
        return HierarchyToken(room: room, maximumDepth: maximumDepth, isSuggestedOnly: isSuggestedOnly, offset: offset)
    }

    var description: String {
        let fields: JSONValue = [.string(room.description), .integer(maximumDepth), .bool(isSuggestedOnly), .integer(offset)]
        return Base64.encodeURLSafe(fields.bytes())
    }
}
