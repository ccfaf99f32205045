import MatrixAPI
import MatrixModel
import Storage

/// What one sync asks for, with its filter and token read.
struct SyncQuery: Sendable {
    let user: UserID
    /// The device, or what stands for it where the caller has none.
    let device: String
    /// Where the client stands; nil for an initial sync.
    var since: SyncToken?
    let filter: SyncFilter
    let fullState: Bool
    let stateForm: MatrixAPI.Sync.StateForm

    /// The position up to which the client knows everything.
    var from: Position { since?.position ?? 0 }

    /// How many events of each room's timeline are shown.
    var timelineLimit: Int {
        min(max(0, filter.room.timeline.events.limit ?? RoomLimits.defaultTimeline), RoomLimits.largestTimeline)
    }

    /// Whether a room's part of the answer may be empty and is shown all the same.
    var showsUnchangedRooms: Bool { since == nil || fullState }
}
