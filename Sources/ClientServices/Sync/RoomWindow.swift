import MatrixModel
import RoomServer
import Storage

/// What happened in one room since a client's token, as far as memory has it.
struct RoomWindow: Sendable {
    /// The live events, oldest first; nil where they must be read.
    var events: [StoredEvent]?
    /// What the slots of the current state that changed hold now; nil where it must be read.
    var stateChanges: [StateChange]?

    /// Nothing is in memory.
    static let unread = RoomWindow(events: nil, stateChanges: nil)
    /// Nothing happened but what is no event.
    static let quiet = RoomWindow(events: [], stateChanges: [])

    mutating func add(_ change: RoomChange) {
        // An event that was redacted since stands in memory as it was: then the database tells.
        if change.events.contains(where: { $0.event.type == "m.room.redaction" }) { events = nil }
        events?.append(contentsOf: change.events)
        guard var merged = stateChanges else { return }
        for new in change.stateChanges {
            if let place = merged.firstIndex(where: { $0.slot == new.slot }) { merged[place] = new } else { merged.append(new) }
        }
        stateChanges = merged
    }
}

/// What happened since a client's token that concerns one person, from the changes in memory.
struct SyncWindow: Sendable {
    /// The rooms with changes, by number.
    var rooms: [Int64: RoomWindow] = [:]
    /// Whether account data or private receipts may have changed.
    var touchesUser = false
    /// Whether the person's memberships may have changed.
    var touchesMemberships = false
    /// Whether devices or keys of anybody changed; with whom the person shares rooms, the database knows.
    var touchesDeviceLists = false

    /// Nil where memory does not have everything between `from` and `head`.
    init?(_ changes: [Change]?, from: Position, head: Position, user: UserID, memberSlot: Int64?) {
        guard let changes, (changes.last?.position ?? from) >= head else { return nil }
        for change in changes where change.position <= head {
            if case .deviceList = change.kind { touchesDeviceLists = true }
            guard change.concerns(user) else { continue }
            switch change.kind {
            case .deviceList, .users: break
            case .user: touchesUser = true
            case .room(let number, _): rooms[number, default: .quiet].add(nothing: ())
            case .events(let room):
                rooms[room.room, default: .quiet].add(room)
                if room.further.contains(user) || room.stateChanges.contains(where: { $0.slot == memberSlot }) || memberSlot == nil {
                    touchesMemberships = true
                }
            }
        }
    }
}

extension RoomWindow {
    /// A change that is no event leaves the window as it is; naming it makes the room one to look at.
    fileprivate mutating func add(nothing: Void) {}
}
