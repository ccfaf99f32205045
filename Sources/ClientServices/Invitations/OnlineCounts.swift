import Database
import MatrixModel
import Storage
import Synchronization

/// How many members of a room are there, counted at most every half minute.
final class OnlineCounts: Sendable {
    private let presence: PresenceBoard
    private let monotonicMilliseconds: @Sendable () -> Int
    private let known = Mutex(TwoGenerations<Int64, (count: Int, end: Int)>(limit: InvitationLimits.rememberedCounts))

    init(presence: PresenceBoard, monotonicMilliseconds: @escaping @Sendable () -> Int) {
        self.presence = presence
        self.monotonicMilliseconds = monotonicMilliseconds
    }

    /// Nil where presence is off or the room too large to count.
    func count(room: Int64, members: Int, _ transaction: Transaction) throws -> Int? {
        guard presence.isEnabled, members <= InvitationLimits.countedMembers else { return nil }
        let now = monotonicMilliseconds()
        if let entry = known.withLock({ $0.value(for: room) }), entry.end > now { return entry.count }
        let present = Set(presence.presentUsers())
        var count = 0
        if !present.isEmpty {
            for member in try MembershipStore(transaction).members(room: room, .join) where present.contains(member.user) { count += 1 }
        }
        let found = count
        known.withLock { $0.insert((found, now + InvitationLimits.countMilliseconds), for: room) }
        return count
    }
}
