import Database
import Synchronization

/// Single-use random texts that each stand for a value for a while: login tokens and nonces.
final class ExpiringSecrets<Value: Sendable>: Sendable {
    private struct Entry: Sendable {
        let value: Value
        let expiresAt: Int
    }

    private let environment: Environment
    private let lifetimeMilliseconds: Int
    private let entries: Mutex<TwoGenerations<String, Entry>>

    init(limit: Int, lifetimeMilliseconds: Int, environment: Environment) {
        self.environment = environment
        self.lifetimeMilliseconds = lifetimeMilliseconds
        entries = Mutex(TwoGenerations(limit: limit))
    }

    /// Makes a text that stands for the value.
    func issue(_ value: Value) -> String {
        let text = environment.randomToken(bytes: 24)
        let entry = Entry(value: value, expiresAt: environment.monotonicMilliseconds() + lifetimeMilliseconds)
        entries.withLock { $0.insert(entry, for: text) }
        return text
    }

    /// The value of a text, once; nil where the text is unknown, used or too old.
    func redeem(_ text: String) -> Value? {
        guard let entry = entries.withLock({ $0.remove(text) }), entry.expiresAt > environment.monotonicMilliseconds() else { return nil }
        return entry.value
    }
}
