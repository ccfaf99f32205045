import ServiceLifecycle

/// Background work that ends by being cancelled: at a shutdown that is a clean end, not a failure.
struct BackgroundService: Service, CustomStringConvertible {
    let work: any Service

    var description: String { String(describing: type(of: work)) }

    func run() async throws {
        do {
            try await work.run()
        } catch is CancellationError {
            // It was asleep, or waiting for another server, when it was time to go.
        }
    }
}
