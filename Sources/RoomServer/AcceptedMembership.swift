public import MatrixModel

/// What a resident server answers to a membership that it let in.
public struct AcceptedMembership: Sendable {
    /// The event, with this server's signature added where it authorises a restricted join.
    public let event: Event
    /// The state before the event.
    public let state: [Event]
    /// The auth chain of that state and of the event.
    public let authChain: [Event]
    /// The servers in the room.
    public let servers: [ServerName]
}
