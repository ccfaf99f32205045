public import MatrixModel

/// What the configuration says about rooms.
public struct RoomSettings: Sendable {
    /// The version of rooms whose creator asks for none.
    public var defaultVersion: RoomVersion
    /// Whether anybody may read the directory without an account.
    public var directoryIsOpen: Bool
    /// Whether people are told who else is there.
    public var showsPresence = true

    /// How much may wait to be sent.
    public var delayedEvents = DelayedEventSettings()
    /// Where calls are carried, as clients are told (MSC4143): objects such as `{"type": "livekit", "livekit_service_url": …}`.
    public var callTransports: [JSONValue] = []

    public init(defaultVersion: RoomVersion = .recommended, directoryIsOpen: Bool = true) {
        self.defaultVersion = defaultVersion
        self.directoryIsOpen = directoryIsOpen
    }
}
