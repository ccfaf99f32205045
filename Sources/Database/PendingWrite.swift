import Synchronization

/// A write that stands in the queue, or has been answered.
public final class PendingWrite<Value: Sendable>: Sendable {
    private enum State {
        case waiting
        case ran(Result<Value, any Error>)
        case answered(Result<Value, any Error>)
    }
    private struct Shared {
        var state = State.waiting
        var continuations: [CheckedContinuation<Value, any Error>] = []
    }

    private let body: @Sendable (Transaction) throws -> Value
    private let whenDurable: (@Sendable (Value) -> Void)?
    private let whenLost: (@Sendable () -> Void)?
    private let shared = Mutex(Shared())

    init(
        body: @escaping @Sendable (Transaction) throws -> Value, whenDurable: (@Sendable (Value) -> Void)? = nil,
        whenLost: (@Sendable () -> Void)? = nil
    ) {
        self.body = body
        self.whenDurable = whenDurable
        self.whenLost = whenLost
    }

    /// What the body gave, once its transaction is durable; throws what the body threw, or a `DatabaseError` where the commit failed.
    public var value: Value {
        get async throws {
            try await withCheckedThrowingContinuation { continuation in
                let answer: Result<Value, any Error>? = shared.withLock { shared in
                    if case .answered(let answer) = shared.state { return answer }
                    shared.continuations.append(continuation)
                    return nil
                }
                if let answer { continuation.resume(with: answer) }
            }
        }
    }
}

/// A write as the writer sees it.
protocol WriteJob: AnyObject, Sendable {
    /// Runs the body; false where it threw, and its changes are to be undone.
    func run(_ transaction: Transaction) -> Bool
    /// Answers all that wait: with the body's result, or with the failure of its transaction.
    func answer(failure: DatabaseError?)
}

extension PendingWrite: WriteJob {
    func run(_ transaction: Transaction) -> Bool {
        let result = Result { try body(transaction) }
        shared.withLock { $0.state = .ran(result) }
        switch result {
        case .success: return true
        case .failure: return false
        }
    }

    func answer(failure: DatabaseError?) {
        let (answer, continuations) = shared.withLock { shared in
            let answer: Result<Value, any Error> =
                switch shared.state {
                case .waiting: .failure(failure ?? .closed)
                // A body's own error says more than that its transaction was lost.
                case .ran(.failure(let error)): .failure(error)
                case .ran(.success(let value)): failure.map { .failure($0) } ?? .success(value)
                case .answered(let answer): answer
                }
            shared.state = .answered(answer)
            let continuations = shared.continuations
            shared.continuations = []
            return (answer, continuations)
        }
        switch answer {
        case .success(let value): whenDurable?(value)
        case .failure: whenLost?()
        }
        for continuation in continuations { continuation.resume(with: answer) }
    }
}
