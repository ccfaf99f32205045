import Database
import Synchronization

/// The way to a server's first administrator: a registration token for one account, which only its operator is shown.
///
/// It lives in memory, from the start of a server that has no administrator until it is used.
public final class AdminBootstrap: Sendable {
    private enum State {
        case closed
        case open(String)
        /// Shown by a registration that is under way.
        case taken(String)
    }

    private let state = Mutex(State.closed)

    public init() {}

    /// Makes the token where no account is an administrator's, and gives it to be printed; nil where there is one already.
    public func begin(_ accounts: AccountService) async throws -> String? {
        guard try await !accounts.hasAdministrator() else { return nil }
        let token = accounts.environment.randomLetters(24)
        state.withLock { $0 = .open(token) }
        return token
    }

    /// Whether the token waits to be used.
    var isOpen: Bool {
        state.withLock { state in
            switch state {
            case .open: true
            case .closed, .taken: false
            }
        }
    }

    /// Whether it is this token.
    func accepts(_ token: String) -> Bool {
        state.withLock { state in
            switch state {
            case .open(let expected): expected == token
            case .closed, .taken: false
            }
        }
    }

    /// Takes the token for a registration; false where it is another one, or somebody was first.
    func take(_ token: String) -> Bool {
        state.withLock { state in
            guard case .open(let expected) = state, expected == token else { return false }
            state = .taken(expected)
            return true
        }
    }

    /// Ends the token, or gives it back where the registration failed.
    func finish(succeeded: Bool) {
        state.withLock { state in
            guard case .taken(let token) = state else { return }
            state = succeeded ? .closed : .open(token)
        }
    }
}
