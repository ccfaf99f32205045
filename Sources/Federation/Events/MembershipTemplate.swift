import MatrixModel
import RoomGraph

/// The answer of `make_join`, `make_leave` or `make_knock`, checked against what was asked.
struct MembershipTemplate: Sendable {
    let rules: RoomVersionRules
    let event: JSON
    let prevEvents: [EventID]
    let authEvents: [EventID]
    let depth: Int
    /// Hashes that room versions 1 and 2 carry beside the identifiers.
    let referenceHashes: [EventID: [UInt8]]

    /// "In case any of the above checks fail, the response MUST be treated as malformed and discarded."
    init(_ json: JSON, room: RoomID, user: UserID, membership: Membership, from server: ServerName) throws(FederationError) {
        // "If not provided, the room version is assumed to be either 1 or 2."
        let versionName = json["room_version"]?.string ?? "1"
        guard let version = RoomVersion(versionName) else { throw .malformed(server, "room version '\(versionName)' is not known here") }
        guard let event = json["event"], event.isObject, event["room_id"]?.string == room.description,
            event["sender"]?.string == user.description, event["state_key"]?.string == user.description,
            event["type"]?.string == "m.room.member", event["content"]?["membership"]?.string == membership.rawValue
        else { throw .malformed(server, "the template is not of the event asked for") }
        guard let depth = event["depth"]?.integer, depth >= 0, let prev = event["prev_events"], let auth = event["auth_events"],
            prev.count <= PDU.maximumPrevEvents, auth.count <= PDU.maximumAuthEvents
        else { throw .malformed(server, "the template has no place in the graph") }
        rules = version.rules
        self.event = event
        self.depth = depth
        var hashes: [EventID: [UInt8]] = [:]
        prevEvents = try MembershipTemplate.references(prev, &hashes, server)
        authEvents = try MembershipTemplate.references(auth, &hashes, server)
        referenceHashes = hashes
    }

    private static func references(
        _ json: JSON, _ hashes: inout [EventID: [UInt8]], _ server: ServerName
    ) throws(FederationError) -> [EventID] {
        var references: [EventID] = []
        for element in json.elements {
            let text = element.string ?? element[0]?.string
            guard let id = text.flatMap({ EventID($0) }) else { throw .malformed(server, "a reference of the template is malformed") }
            if let hash = element[1]?["sha256"]?.string.flatMap({ Base64.decode($0) }) { hashes[id] = hash }
            references.append(id)
        }
        return references
    }
}
