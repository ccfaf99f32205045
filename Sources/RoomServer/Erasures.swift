public import MatrixModel
public import Storage
import Synchronization

/// Users who asked to be forgotten, each with the position at which they did: who came into a room after it is shown their events cut down
/// (client-server API, "Account deactivation").
public final class Erasures: Sendable {
    private let positions: Mutex<[UserID: Position]>

    init(_ positions: [UserID: Position]) { self.positions = Mutex(positions) }

    /// When the user asked; nil for all others.
    public func position(of user: UserID) -> Position? {
        positions.withLock { $0.isEmpty ? nil : $0[user] }
    }

    /// Whether nobody asked.
    public var isEmpty: Bool { positions.withLock { $0.isEmpty } }

    /// Notes a request that is durable.
    public func note(_ user: UserID, at position: Position) {
        positions.withLock { $0[user] = min($0[user] ?? position, position) }
    }
}
