public import MatrixModel

/// What is asked of an event's children, with or without their kind (client-server API, "Relationships API").
public struct RelationsRequest: EndpointRequest {
    public let roomID: RoomID
    /// The parent.
    public let eventID: EventID
    /// Children of that `rel_type` alone.
    public let relationType: String?
    /// Children of that event type alone.
    public let eventType: String?
    /// The token to start at.
    public let from: String?
    /// The token to stop at.
    public let to: String?
    public let direction: PageDirection
    public let limit: Int?
    /// Whether the children of children are asked for too.
    public let recurses: Bool
    /// Whether it was asked for by the name that the parameter had before it was stable (MSC3981).
    public let recursesByUnstableName: Bool

    public init(_ input: RequestInput) throws(MatrixError) {
        roomID = try input.path("roomId")
        eventID = try input.path("eventId")
        relationType = try? input.path("relType", as: String.self)
        eventType = try? input.path("eventType", as: String.self)
        from = try input.query("from")
        to = try input.query("to")
        direction = try input.query("dir") ?? .backward
        limit = try input.query("limit")
        let unstable: Bool = try input.query("org.matrix.msc3981.recurse") ?? false
        recursesByUnstableName = unstable
        recurses = try input.query("recurse") ?? unstable
    }
}
