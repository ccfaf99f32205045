public import MatrixModel

/// Which published rooms are wanted.
public struct PublicRoomFilter: FieldDecodable {
    /// Occurs in name, topic or canonical alias, whatever the case.
    public let searchTerm: String?
    /// Room types; nil in the list stands for rooms without one, a nil list for all.
    public let roomTypes: [String?]?

    public static let none = PublicRoomFilter(searchTerm: nil, roomTypes: nil)

    public init(searchTerm: String?, roomTypes: [String?]?) {
        self.searchTerm = searchTerm
        self.roomTypes = roomTypes
    }

    public init?(field: JSON) {
        guard field.isObject else { return nil }
        if let term = field["generic_search_term"], !term.isNull {
            guard let text = term.string else { return nil }
            searchTerm = text.isEmpty ? nil : text
        } else {
            searchTerm = nil
        }
        guard let types = field["room_types"], !types.isNull else {
            roomTypes = nil
            return
        }
        guard types.isArray else { return nil }
        var list: [String?] = []
        for element in types.elements {
            guard element.isNull || element.string != nil else { return nil }
            list.append(element.string)
        }
        roomTypes = list
    }

    /// The filter as a request to another server carries it.
    public var value: JSONValue {
        var members: [String: JSONValue] = [:]
        if let searchTerm { members["generic_search_term"] = .string(searchTerm) }
        if let roomTypes { members["room_types"] = .array(roomTypes.map { type in type.map { .string($0) } ?? .null }) }
        return .object(members)
    }
}
