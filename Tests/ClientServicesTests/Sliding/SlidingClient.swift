import Database
import MatrixAPI
import MatrixModel
import Storage

/// One connection of one device, as a client keeps it.
struct SlidingClient {
    static let unstable = "/_matrix/client/unstable/org.matrix.simplified_msc3575/sync"
    static let stable = "/_matrix/client/v4/sync"

    var person: Person
    var connection = "main"
    var path = SlidingClient.unstable
    var position: String?

    init(_ person: Person, connection: String = "main", path: String = SlidingClient.unstable) {
        self.person = person
        self.connection = connection
        self.path = path
    }

    /// What a client asks for: one list of all rooms.
    static func list(
        _ range: ClosedRange<Int> = 0...19, limit: Int = 10, state: JSONValue = [], filters: JSONValue? = nil
    ) -> JSONValue {
        var list: JSONValue = [
            "ranges": [[.integer(range.lowerBound), .integer(range.upperBound)]], "timeline_limit": .integer(limit), "required_state": state,
        ]
        list["filters"] = filters
        return ["lists": ["all": list]]
    }

    /// Asks without taking the answer for processed.
    func ask(_ body: JSONValue = list(), timeout: Int = 0) async throws -> JSON {
        var body = body
        body["conn_id"] = .string(connection)
        var query = [("timeout", String(timeout))]
        if let position { query.append(("pos", position)) }
        return try await person.world.call(.user(person.caller), .post, path, query: query, body: body)
    }

    /// Asks and goes on from the answer.
    @discardableResult
    mutating func sync(_ body: JSONValue = list(), timeout: Int = 0) async throws -> JSON {
        let answer = try await ask(body, timeout: timeout)
        position = answer["pos"]?.string
        return answer
    }
}

extension JSON {
    /// The bodies of a room's timeline.
    var bodies: [String] { self["timeline"]?.elements.compactMap { $0["content"]?["body"]?.string } ?? [] }

    /// The types and keys of a room's required state.
    var slots: Set<String> {
        Set(self["required_state"]?.elements.map { "\($0["type"]?.string ?? "")|\($0["state_key"]?.string ?? "")" } ?? [])
    }

    /// The rooms that are told, in order of their names.
    var toldRooms: [String] { self["rooms"]?.members.map(\.key).sorted() ?? [] }
}

extension RoomWorld {
    /// Ends a person's device, as logging out does.
    func deleteDevice(_ person: Person) async throws {
        let device = person.caller.device ?? ""
        try await database.write { _ = try DeviceStore($0).delete(device, of: person.user) }
    }
}

extension RoomWorld {
    /// Makes the row of a person's device, which messages need.
    func ensureDevice(_ person: Person) async throws {
        let device = person.caller.device ?? ""
        try await database.write { try DeviceStore($0).ensure(device, of: person.user, displayName: nil, at: 0) }
    }
}
