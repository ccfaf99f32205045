import MatrixModel
import RoomGraph

/// Where a page of results ended, and in which group: opaque to clients, and valid over restarts.
struct SearchToken: Hashable, Sendable, CustomStringConvertible {
    /// For the newest first: the place of the last entry looked at. For the best first: the place of the newest entry of the first page.
    var place: Int64
    /// For the best first: how many entries were looked at.
    var offset: Int
    /// How many results there are in all, as the first page found.
    var count: Int
    /// The group that the page is of.
    var room: String?
    var sender: String?

    init(place: Int64, offset: Int, count: Int, room: String?, sender: String?) {
        self.place = place
        self.offset = offset
        self.count = count
        self.room = room
        self.sender = sender
    }

    /// The token of a query parameter; 400 `M_INVALID_PARAM` where it is none of ours.
    static func parse(_ text: String) throws(MatrixError) -> SearchToken {
        guard let bytes = Base64.decode(text), let json = try? JSON.parse(bytes), json.isArray, let place = json[0]?.string.flatMap({ Int64($0) }),
            let offset = json[1]?.integer, let count = json[2]?.integer, place > 0, offset >= 0, count >= 0
        else { throw .invalidParam("'next_batch' is not a token of this server.") }
        return SearchToken(place: place, offset: offset, count: count, room: json[3]?.string, sender: json[4]?.string)
    }

    var description: String {
        let fields: JSONValue = [
            // Places are larger than what JSON's integers may be.
            .string(String(place)), .integer(offset), .integer(count), room.map(JSONValue.string) ?? .null, sender.map(JSONValue.string) ?? .null,
        ]
        return Base64.encodeURLSafe(fields.bytes())
    }
}
