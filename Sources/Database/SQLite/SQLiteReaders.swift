/// A read as a reader sees it; nil stands for a closed database.
struct ReadJob: Sendable {
    let run: @Sendable (SQLiteConnection?) -> Void
}

/// The connections that read, each with its thread, on one queue.
final class SQLiteReaders: Sendable {
    private let queue = JobQueue<ReadJob>()
    private let threads: [WorkerThread]

    init(connections: [SQLiteConnection]) {
        threads = connections.map { [queue] connection in
            WorkerThread {
                while let jobs = queue.take(atMost: 1) {
                    for job in jobs { job.run(connection) }
                }
            }
        }
    }

    func enqueue(_ job: ReadJob) {
        if !queue.append(job) { job.run(nil) }
    }

    /// Finishes what is queued and ends the threads.
    func close() {
        queue.close()
        for thread in threads { thread.join() }
    }
}
