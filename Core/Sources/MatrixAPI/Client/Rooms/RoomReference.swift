public import MatrixModel

/// A room's identifier or one of its aliases, as clients may give either.
public enum RoomReference: TextDecodable {
    case room(RoomID)
    case alias(RoomAlias)

    public init?(text: String) {
        if let room = RoomID(text) {
            self = .room(room)
        } else if let alias = RoomAlias(text) {
            self = .alias(alias)
        } else {
            return nil
        }
    }
}

/// The direction of a page.
public enum PageDirection: String, TextDecodable {
    case backward = "b"
    case forward = "f"
    public init?(text: String) { self.init(rawValue: text) }
}

/// Whether a room is in the published room directory.
public enum DirectoryVisibility: String, FieldDecodable {
    case `public`, `private`

    public init?(field: JSON) {
        guard let text = field.string else { return nil }
        self.init(rawValue: text)
    }
}
