import Glibc

/// A first-in-first-out queue between tasks and the threads that do their work.
///
/// Unchecked because every access to the mutable state is between `lock` and `unlock` of the mutex beside it.
final class JobQueue<Job: Sendable>: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let arrival = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var jobs: [Job] = []
    /// Index of the first job that is not taken.
    private var head = 0
    private var waitingThreads = 0
    private var isClosed = false

    init() {
        mutex.initialize(to: pthread_mutex_t())
        arrival.initialize(to: pthread_cond_t())
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(arrival, nil)
    }

    deinit {
        pthread_cond_destroy(arrival)
        pthread_mutex_destroy(mutex)
        arrival.deallocate()
        mutex.deallocate()
    }

    /// Adds a job; false where the queue is closed.
    func append(_ job: Job) -> Bool {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        guard !isClosed else { return false }
        jobs.append(job)
        if waitingThreads > 0 { pthread_cond_signal(arrival) }
        return true
    }

    /// Takes what waits, at most `limit` jobs; blocks while there is none; nil once the queue is closed and empty.
    func take(atMost limit: Int) -> [Job]? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while head == jobs.count {
            guard !isClosed else { return nil }
            waitingThreads += 1
            pthread_cond_wait(arrival, mutex)
            waitingThreads -= 1
        }
        if head == 0 && jobs.count <= limit {
            let taken = jobs
            jobs = []
            return taken
        }
        let end = min(head + limit, jobs.count)
        let taken = Array(jobs[head..<end])
        head = end
        if head * 2 >= jobs.count {
            jobs.removeFirst(head)
            head = 0
        }
        return taken
    }

    /// Refuses further jobs; those that wait are still taken.
    func close() {
        pthread_mutex_lock(mutex)
        isClosed = true
        pthread_cond_broadcast(arrival)
        pthread_mutex_unlock(mutex)
    }
}
