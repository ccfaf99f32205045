import MatrixModel
import Storage
import Synchronization

/// Which member events each device was sent, so that lazy loading sends few of them twice (client-server API, "Lazy-loading room members").
///
/// An entry counts only for a client that came back with a token at or after the answer that carried it: a lost answer is made good.
final class LazyMembers: Sendable {
    struct Device: Hashable, Sendable {
        let user: UserID
        let id: String
    }

    private let sent = Mutex(TwoGenerations<Device, TwoGenerations<Int64, Position>>(limit: RoomLimits.lazyDevices))

    /// Those of the member events that the device may not have.
    func unsent(_ numbers: [Int64], to device: Device, since: Position) -> [Int64] {
        sent.withLock { sent in
            guard var known = sent.value(for: device) else { return numbers }
            return numbers.filter { number in known.value(for: number).map { $0 > since } ?? true }
        }
    }

    /// Notes that an answer with that position carries the member events; `afresh` forgets what was before.
    func note(_ numbers: [Int64], to device: Device, at position: Position, afresh: Bool) {
        guard !numbers.isEmpty || afresh else { return }
        sent.withLock { sent in
            var known =
                afresh ? TwoGenerations(limit: RoomLimits.lazyMembers) : sent.value(for: device) ?? TwoGenerations(limit: RoomLimits.lazyMembers)
            for number in numbers where known.value(for: number) == nil { known.insert(position, for: number) }
            sent.insert(known, for: device)
        }
    }
}
