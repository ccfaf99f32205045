import Storage
import Synchronization

/// Remembers whether people were in rooms before a membership that ended theirs: what came before an event stays as it was.
final class DepartureCache: Sendable {
    private let known = Mutex(TwoGenerations<Int64, Bool>(limit: SlidingBounds.cachedDepartures))

    /// Whether the person was ever joined before they left, or were made to.
    func wasJoined(before room: ListedRoom, _ reader: RoomReader) throws -> Bool {
        if let known = known.withLock({ $0.value(for: room.event) }) { return known }
        let wasJoined = try reader.lastJoined(room: room.room) != nil
        known.withLock { $0.insert(wasJoined, for: room.event) }
        return wasJoined
    }
}
