import MatrixModel
import Storage

/// How far one person may see into one room; whoever reads a room's events holds one.
struct RoomAccess: Sendable {
    let room: RoomRow
    let user: UserID
    /// The person's relation to the room, if there is one.
    let membership: MembershipRow?
    /// The last position at which the person was joined: no end for members, nil for who never was one.
    let joinedThrough: Position?
    /// Whether the room's present state may be read by anybody.
    let isWorldReadable: Bool

    var isJoined: Bool { membership?.membership == .join }

    /// The position at which the room's present ends for the person.
    var present: Position { isJoined || isWorldReadable ? .max : joinedThrough ?? 0 }
}
