import MatrixModel

/// What image packs of this server's users must look like (client-server API, "Image packs"). Those of other servers pass as they are:
/// "homeservers MUST NOT reject or drop m.room.image_pack events received over federation for failing this grammar".
enum ImagePackCheck {
    static let packType = "m.room.image_pack"
    static let roomsType = "m.image_pack.rooms"
    /// The state events that hold packs: the standard one, and the one that clients used before it.
    static let packTypes: Set<String> = [packType, "im.ponies.room_emotes"]

    /// Rooms whose packs a person may have in use everywhere, packs of each, and bytes in all.
    private static let largestRoomCount = 1_000
    private static let largestPackCount = 200
    private static let largestAccountData = 128 << 10
    /// "The length of a shortcode MUST NOT exceed 100 bytes."
    private static let largestShortcode = 100

    /// Refuses a pack that clients could not read: 400 `M_BAD_JSON`. An empty content takes a pack away.
    static func admit(state content: JSON) throws(MatrixError) {
        guard content.count > 0 else { return }
        guard let images = content["images"], images.isObject else { throw .badJSON("'images' must be an object.") }
        for (shortcode, image) in images.members { try admit(image, shortcode) }
        guard let pack = content["pack"] else { return }
        guard pack.isObject else { throw .badJSON("'pack' must be an object.") }
        try admit(text: "display_name", of: pack)
        try admit(text: "attribution", of: pack)
        try admit(address: "avatar_url", of: pack)
        if let usage = pack["usage"], !usage.isArray || usage.elements.contains(where: { $0.string == nil }) {
            throw .badJSON("'usage' must be a list of strings.")
        }
    }

    private static func admit(_ image: JSON, _ shortcode: String) throws(MatrixError) {
        // "shortcode = 1*100shortcode_char", "shortcode_char = ALPHA / DIGIT / "-" / "_"".
        guard (1...largestShortcode).contains(shortcode.utf8.count), shortcode.utf8.allSatisfy(isShortcodeByte) else {
            throw .badJSON("A shortcode has 1 to \(largestShortcode) letters, digits, '-' and '_'.")
        }
        guard image.isObject, image["url"] != nil else { throw .badJSON("The image '\(shortcode)' must be an object with a 'url'.") }
        try admit(address: "url", of: image)
        try admit(text: "body", of: image)
        if let information = image["info"], !information.isObject { throw .badJSON("'info' of '\(shortcode)' must be an object.") }
    }

    private static func isShortcodeByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func admit(text name: String, of object: JSON) throws(MatrixError) {
        if let value = object[name], value.string == nil { throw .badJSON("'\(name)' must be a string.") }
    }

    private static func admit(address name: String, of object: JSON) throws(MatrixError) {
        guard let value = object[name] else { return }
        guard let text = value.string, text.hasPrefix("mxc://"), text.utf8.count > "mxc://".utf8.count else {
            throw .badJSON("'\(name)' must be an mxc:// URI.")
        }
    }

    /// Refuses account data of packs that clients could not read, or too much of it: 400 `M_BAD_JSON`.
    static func admit(accountData content: JSON, of type: String) throws(MatrixError) {
        guard type == roomsType else { return }
        guard content.rawBytes.count <= largestAccountData else { throw .badJSON("\(roomsType) is too large.") }
        guard let rooms = content["rooms"], rooms.isObject else { throw .badJSON("'rooms' must be an object.") }
        guard rooms.count <= largestRoomCount else { throw .badJSON("\(roomsType) names more than \(largestRoomCount) rooms.") }
        for (room, packs) in rooms.members {
            guard RoomID(room) != nil else { throw .badJSON("'\(room)' is no room ID.") }
            guard packs.isObject, packs.count <= largestPackCount, packs.members.allSatisfy({ $0.value.isObject }) else {
                throw .badJSON("The packs of \(room) must be an object of at most \(largestPackCount) objects.")
            }
        }
    }
}
