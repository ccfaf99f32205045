import Database
import MatrixModel
import Storage
import Synchronization

/// Events by number and identifier, in memory; they do not change but for redaction, which replaces them here.
final class EventCache: Sendable {
    /// An event as the rules need it.
    struct Entry: Sendable {
        let number: Int64
        let event: Event
        let isRejected: Bool
    }

    private struct Contents {
        var entries = GenerationalCache<Int64, Entry>(limit: Limits.cachedEvents)
        var numbers = GenerationalCache<EventID, Int64>(limit: Limits.cachedEvents)
    }

    private let contents = Mutex(Contents())
    private let database: Database

    init(database: Database) {
        self.database = database
    }

    func insert(_ event: Event, number: Int64, isRejected: Bool = false) {
        contents.withLock { contents in
            contents.entries.insert(Entry(number: number, event: event, isRejected: isRejected), for: number)
            contents.numbers.insert(number, for: event.id)
        }
    }

    /// The event of that identifier, if it is in memory.
    func entry(_ id: EventID) -> Entry? {
        contents.withLock { contents in
            contents.numbers.value(for: id).flatMap { contents.entries.value(for: $0) }
        }
    }

    /// The event of that number, if it is in memory.
    func entry(number: Int64) -> Entry? {
        contents.withLock { $0.entries.value(for: number) }
    }

    /// Keeps an event that was just read, unless it is there already: what is there may be newer.
    func keep(_ stored: StoredEvent) -> Entry {
        let read = Entry(number: stored.number, event: stored.event, isRejected: stored.flags.contains(.rejected))
        return contents.withLock { contents in
            if let known = contents.entries.value(for: stored.number) { return known }
            contents.entries.insert(read, for: stored.number)
            contents.numbers.insert(stored.number, for: stored.event.id)
            return read
        }
    }

    /// Forgets events whose commit failed.
    func forget(_ numbers: [Int64]) {
        contents.withLock { contents in
            for number in numbers {
                if let entry = contents.entries.value(for: number), contents.numbers.value(for: entry.event.id) == number {
                    contents.numbers.remove(entry.event.id)
                }
                contents.entries.remove(number)
            }
        }
    }

    /// Events by number, read where they are not in memory; numbers without an event are left out.
    func load(_ wanted: some Collection<Int64> & Sendable) async throws -> [Int64: Event] {
        var found: [Int64: Event] = [:]
        found.reserveCapacity(wanted.count)
        let absent = contents.withLock { contents in
            wanted.filter { number in
                guard let entry = contents.entries.value(for: number) else { return true }
                found[number] = entry.event
                return false
            }
        }
        guard !absent.isEmpty else { return found }
        for stored in try await database.read({ try EventStore($0).events(numbers: absent) }) {
            found[stored.number] = keep(stored).event
        }
        return found
    }

    /// Entries by identifier, read where they are not in memory; unknown events are left out.
    func load(_ wanted: [EventID]) async throws -> [EventID: Entry] {
        var found: [EventID: Entry] = [:]
        let absent = contents.withLock { contents in
            wanted.filter { id in
                guard let number = contents.numbers.value(for: id), let entry = contents.entries.value(for: number) else { return true }
                found[id] = entry
                return false
            }
        }
        guard !absent.isEmpty else { return found }
        let read = try await database.read { transaction in
            let store = EventStore(transaction)
            return try absent.compactMap { try store.event($0) }
        }
        for stored in read { found[stored.event.id] = keep(stored) }
        return found
    }
}
