/// A room version that this server implements: the versions of the specification, all of them stable.
public enum RoomVersion: String, CaseIterable, Hashable, Sendable {
    case v1 = "1"
    case v2 = "2"
    case v3 = "3"
    case v4 = "4"
    case v5 = "5"
    case v6 = "6"
    case v7 = "7"
    case v8 = "8"
    case v9 = "9"
    case v10 = "10"
    case v11 = "11"
    case v12 = "12"

    /// The version of that name in `m.room.create`, or nil where this server does not implement it.
    public init?(_ name: some StringProtocol) { self.init(rawValue: String(name)) }

    /// The version of new rooms: "Servers SHOULD use room version 12 as the default room version".
    public static let recommended = RoomVersion.v12
    /// Whether the specification lists the version as stable.
    public var isStable: Bool { true }
}
