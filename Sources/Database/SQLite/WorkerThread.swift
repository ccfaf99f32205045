import Glibc
import Synchronization

/// A thread of the operating system, for calls that block.
final class WorkerThread: Sendable {
    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Nil once joined.
    private let thread: Mutex<pthread_t?>

    /// Starts a thread that runs `body` and ends.
    init(_ body: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        let context = Unmanaged.passRetained(Body(body)).toOpaque()
        let code = pthread_create(
            &thread, nil,
            { context in
                // The creator retained the body for this thread alone.
                if let context { Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run() }
                return nil
            }, context)
        // Only a machine out of threads or memory refuses; nothing could be stored then.
        precondition(code == 0, "cannot start a database thread: error \(code)")
        self.thread = Mutex(thread)
    }

    /// Waits for the thread's end; from the thread itself it only lets go of it.
    func join() {
        let taken = thread.withLock { thread in
            defer { thread = nil }
            return thread
        }
        guard let taken else { return }
        if pthread_equal(taken, pthread_self()) != 0 {
            pthread_detach(taken)
        } else {
            pthread_join(taken, nil)
        }
    }
}
