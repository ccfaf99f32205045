import Database

/// Bounds the time of questions to other servers.
enum Deadline {
    /// The time that a client grants, within bounds.
    static func bounded(_ milliseconds: Int?) -> Int {
        min(max(0, milliseconds ?? KeyLimits.remoteMilliseconds), KeyLimits.longestRemoteMilliseconds)
    }

    /// What the work gives, nil where it takes longer; it is cancelled then.
    static func run<Value: Sendable>(
        milliseconds: Int, _ environment: Environment, _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value? {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await work() }
            group.addTask {
                try await environment.sleep(milliseconds)
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }
}
