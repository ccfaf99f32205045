import MatrixModel
import Synchronization

/// Bounds how many previews are made at once; what is too much is refused rather than kept waiting.
final class PreviewPermits: Sendable {
    private struct State {
        var all = 0
        var users: [UserID: Int] = [:]
    }

    private let state = Mutex(State())
    private let settings: PreviewSettings

    init(_ settings: PreviewSettings) { self.settings = settings }

    /// Runs the body, or throws 429.
    func run<Value>(for user: UserID, _ body: () async throws -> Value) async throws -> Value {
        let isAdmitted = state.withLock { state in
            guard state.all < settings.atOnce, state.users[user, default: 0] < settings.atOncePerUser else { return false }
            state.all += 1
            state.users[user, default: 0] += 1
            return true
        }
        guard isAdmitted else { throw MediaError.tooManyPreviews }
        defer {
            state.withLock { state in
                state.all -= 1
                let left = state.users[user, default: 1] - 1
                state.users[user] = left == 0 ? nil : left
            }
        }
        return try await body()
    }
}
