import Database
import MatrixModel
import Storage

/// Reads events of one room's graph as an algorithm asks for them: from memory, else from the database.
///
/// It lives for the length of one read; the first failure is kept, and everything after it is not there.
final class GraphReader {
    private let events: EventStore
    private let state: StateStore
    private let cache: EventCache
    private let slots: SlotTable
    private let pending: [Int64: Event]
    private var byNumber: [Int64: EventCache.Entry] = [:]
    private var byID: [EventID: EventCache.Entry] = [:]
    private(set) var error: (any Error)?

    init(_ transaction: Transaction, cache: EventCache, slots: SlotTable, pending: [Int64: Event]) {
        events = EventStore(transaction)
        state = StateStore(transaction)
        self.cache = cache
        self.slots = slots
        self.pending = pending
        for (number, event) in pending { byID[event.id] = EventCache.Entry(number: number, event: event, isRejected: false) }
    }

    /// The event of that number, which a state names.
    func needed(_ number: Int64) throws -> EventCache.Entry {
        if let entry = entry(number: number) { return entry }
        throw error ?? StorageError.corrupt("event \(number) is not there")
    }

    func entry(number: Int64) -> EventCache.Entry? {
        if let known = byNumber[number] { return known }
        if let event = pending[number] { return EventCache.Entry(number: number, event: event, isRejected: false) }
        let found = cache.entry(number: number) ?? attempt { try events.event(number: number) }.map { cache.keep($0) }
        byNumber[number] = found
        return found
    }

    func entry(_ id: EventID) -> EventCache.Entry? {
        if let known = byID[id] { return known }
        let found = cache.entry(id) ?? attempt { try events.event(id) }.map { cache.keep($0) }
        byID[id] = found
        return found
    }

    func slot(of key: StateKey) -> Int64? {
        slots.known(key) ?? attempt { try state.slot(key) }
    }

    func key(of slot: Int64) -> StateKey? {
        slots.knownKey(slot) ?? attempt { try state.key(ofSlot: slot) }
    }

    /// The state events that cite one, oldest first, as long as `body` returns true.
    func citing(_ number: Int64, while body: (_ event: Int64, _ slot: Int64?) -> Bool) throws {
        try events.citing(number, while: body)
    }

    private func attempt<Value>(_ body: () throws -> Value?) -> Value? {
        guard error == nil else { return nil }
        do { return try body() } catch {
            self.error = error
            return nil
        }
    }
}
