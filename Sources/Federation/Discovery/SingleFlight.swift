import Synchronization

/// Lets callers that want the same thing at the same time share one piece of work.
public final class SingleFlight<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private let flights = Mutex<[Key: [CheckedContinuation<Result<Value, any Error>, Never>]]>([:])

    public init() {}

    /// The result of the work: done by the first caller, handed to those who come while it runs.
    public func run(_ key: Key, _ work: () async throws -> Value) async throws -> Value {
        while true {
            let leads = flights.withLock { flights in
                guard flights[key] == nil else { return false }
                flights[key] = []
                return true
            }
            if leads { return try await lead(key, work) }
            let result = await withCheckedContinuation { continuation in
                let isLanded = flights.withLock { flights in
                    guard flights[key] != nil else { return true }
                    flights[key]?.append(continuation)
                    return false
                }
                if isLanded { continuation.resume(returning: .failure(CancellationError())) }
            }
            switch result {
            case .success(let value): return value
            case .failure(let error):
                // The leader was cancelled, or landed in between: that is no answer for this caller.
                guard error is CancellationError else { throw error }
                try Task.checkCancellation()
            }
        }
    }

    private func lead(_ key: Key, _ work: () async throws -> Value) async throws -> Value {
        let result: Result<Value, any Error>
        do {
            result = .success(try await work())
        } catch {
            result = .failure(Task.isCancelled ? CancellationError() : error)
        }
        let waiting = flights.withLock { flights in flights.removeValue(forKey: key) ?? [] }
        for continuation in waiting { continuation.resume(returning: result) }
        return try result.get()
    }
}
