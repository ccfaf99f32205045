public import MatrixModel
public import RoomServer

/// The state that tells somebody outside what a room is: for invites and knocks (client-server API, "Stripped state").
public struct RoomDescription: Sendable {
    private static let keys: [StateKey] = [.create, .joinRules, .name, .avatar, .topic, .canonicalAlias, .encryption]
    private let rooms: RoomServer

    public init(rooms: RoomServer) {
        self.rooms = rooms
    }

    /// The events, whole: "All events listed MUST additionally be formatted according to the room version specification."
    public func events(of room: RoomID) async throws -> [JSONValue] {
        let events = try await rooms.stateEvents(RoomDescription.keys, in: room)
        return RoomDescription.keys.compactMap { events[$0]?.json.value }
    }
}
