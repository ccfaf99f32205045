import Synchronization

/// The one connection that writes, with its thread: takes whatever waits into one transaction.
final class SQLiteWriter: Sendable {
    /// What the writer's thread does.
    enum Job: Sendable {
        case write(any WriteJob)
        /// A read of a database in memory.
        case read(ReadJob)
    }

    private let queue = JobQueue<Job>()
    private let counts: Counts
    private let thread: WorkerThread

    init(connection: SQLiteConnection, largestBatch: Int) {
        let counts = Counts()
        self.counts = counts
        thread = WorkerThread { [queue] in
            let group = WriteGroup(connection: connection, counts: counts)
            while let jobs = queue.take(atMost: largestBatch) { group.run(jobs) }
            connection.tidy()
        }
    }

    /// What was done so far.
    var statistics: DatabaseStatistics {
        DatabaseStatistics(transactions: counts.transactions.load(ordering: .relaxed), writes: counts.writes.load(ordering: .relaxed))
    }

    func enqueue(_ job: Job) {
        guard !queue.append(job) else { return }
        switch job {
        case .write(let write): write.answer(failure: .closed)
        case .read(let read): read.run(nil)
        }
    }

    /// Finishes what is queued and ends the thread.
    func close() {
        queue.close()
        thread.join()
    }

    /// Counts that any thread may read.
    final class Counts: Sendable {
        let transactions = Atomic<Int>(0)
        let writes = Atomic<Int>(0)
    }
}

/// Commits groups of writes: one transaction for each group, one savepoint for each body.
struct WriteGroup {
    let connection: SQLiteConnection
    let counts: SQLiteWriter.Counts

    /// Runs jobs in order; writes that follow each other share a transaction.
    func run(_ jobs: [SQLiteWriter.Job]) {
        var writes: [any WriteJob] = []
        writes.reserveCapacity(jobs.count)
        for job in jobs {
            switch job {
            case .write(let write):
                writes.append(write)
            case .read(let read):
                commit(writes[...])
                writes.removeAll(keepingCapacity: true)
                read.run(connection)
            }
        }
        commit(writes[...])
    }

    private func commit(_ writes: ArraySlice<any WriteJob>) {
        var rest = writes
        while !rest.isEmpty { rest = commitOnce(rest) }
    }

    /// Commits all of `writes`, or those up to one that lost the transaction; gives those that remain to be done.
    private func commitOnce(_ writes: ArraySlice<any WriteJob>) -> ArraySlice<any WriteJob> {
        do { try connection.beginWrite() } catch {
            for write in writes { write.answer(failure: error) }
            return []
        }
        var next = writes.startIndex
        var failure: DatabaseError?
        while next < writes.endIndex && failure == nil {
            let write = writes[next]
            next += 1
            failure = perform(write, alone: writes.count == 1)
        }
        if failure == nil {
            do { try connection.commit() } catch { failure = error }
        }
        if failure != nil && !connection.isAutocommit {
            // The engine has said that it cannot go on; if not even this works, the next transaction's beginning will tell.
            try? connection.rollBack()
        }
        let done = writes[..<next]
        if failure == nil {
            counts.transactions.add(1, ordering: .relaxed)
            counts.writes.add(done.count, ordering: .relaxed)
        }
        for write in done { write.answer(failure: failure) }
        return writes[next...]
    }

    /// Runs one body in its savepoint; gives an error where the whole transaction is lost.
    private func perform(_ write: any WriteJob, alone: Bool) -> DatabaseError? {
        do {
            try connection.savepoint()
            let succeeded = write.run(Transaction(connection: connection))
            if connection.isAutocommit { return .transactionLost(message: "the engine rolled the transaction back") }
            if succeeded { try connection.release() } else { try connection.rollBackToSavepoint() }
            return nil
        } catch {
            return error
        }
    }
}
