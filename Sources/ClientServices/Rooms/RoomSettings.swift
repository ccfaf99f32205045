public import MatrixModel

/// What the configuration says about rooms.
public struct RoomSettings: Sendable {
    /// The version of rooms whose creator asks for none.
    public var defaultVersion: RoomVersion
    /// Whether anybody may read the directory without an account.
    public var directoryIsOpen: Bool

    public init(defaultVersion: RoomVersion = .recommended, directoryIsOpen: Bool = true) {
        self.defaultVersion = defaultVersion
        self.directoryIsOpen = directoryIsOpen
    }
}
