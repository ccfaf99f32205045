import MatrixModel
import RoomGraph

/// One thing that a push rule asks of a room.
enum PushNeed: Sendable {
    case memberCount, powerLevels, displayName
}

/// What push rules ask of a room, beside the event itself.
struct PushContext: Sendable {
    /// Joined members of the room.
    var memberCount: Int
    /// Who may notify whom; without, nobody has the power to.
    var powerLevels: PowerLevels?
    /// The owner's name in the room.
    var displayName: String?

    init(memberCount: Int, powerLevels: PowerLevels? = nil, displayName: String? = nil) {
        self.memberCount = memberCount
        self.powerLevels = powerLevels
        self.displayName = displayName
    }
}
