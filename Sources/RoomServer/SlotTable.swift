import Database
import MatrixModel
import Storage
import Synchronization

/// State slots by number and back, in memory: every slot that a loaded room used since the start.
final class SlotTable: Sendable {
    private struct Contents {
        var numbers: [StateKey: Int64] = [:]
        var keys: [Int64: StateKey] = [:]
        /// Slots that got their numbers here and are not known to be stored.
        var unsaved: Set<Int64> = []
    }

    private let contents = Mutex(Contents())
    private let database: Database

    private let newNumbers: NumberAllocator

    init(database: Database, newNumbers: NumberAllocator) {
        self.database = database
        self.newNumbers = newNumbers
    }

    /// The number of a slot, if it is in memory.
    func known(_ key: StateKey) -> Int64? {
        contents.withLock { $0.numbers[key] }
    }

    /// The slot of that number, if it is in memory.
    func knownKey(_ number: Int64) -> StateKey? {
        contents.withLock { $0.keys[number] }
    }

    /// Brings the slots into memory where they exist; what stays unknown afterwards no event ever used.
    func load(_ keys: [StateKey]) async throws {
        let absent = keys.filter { known($0) == nil }
        guard !absent.isEmpty else { return }
        let found = try await database.read { transaction in
            let store = StateStore(transaction)
            return try absent.compactMap { key in try store.slot(key).map { (key, $0) } }
        }
        insert(found)
    }

    /// Makes sure that the slots have numbers; those that are new are stored by the commit that uses them.
    func intern(_ keys: [StateKey]) async throws {
        try await load(keys)
        contents.withLock { contents in
            for key in keys where contents.numbers[key] == nil {
                let number = newNumbers.next()
                contents.numbers[key] = number
                contents.keys[number] = key
                contents.unsaved.insert(number)
            }
        }
    }

    /// Those slots that may not be stored yet; by number.
    func unsaved(among numbers: some Sequence<Int64>) -> [NewSlot] {
        contents.withLock { contents in
            if contents.unsaved.isEmpty { return [] }
            let unsaved = Set(numbers.filter(contents.unsaved.contains))
            return unsaved.sorted().compactMap { number in contents.keys[number].map { NewSlot(number: number, key: $0) } }
        }
    }

    /// Notes that slots are stored.
    func saved(_ slots: [NewSlot]) {
        guard !slots.isEmpty else { return }
        contents.withLock { contents in
            for slot in slots { contents.unsaved.remove(slot.number) }
        }
    }

    /// Brings the slots of those numbers into memory.
    func loadKeys(_ numbers: some Sequence<Int64>) async throws {
        let absent = contents.withLock { contents in numbers.filter { contents.keys[$0] == nil } }
        guard !absent.isEmpty else { return }
        let found = try await database.read { transaction in
            let store = StateStore(transaction)
            return try absent.compactMap { number in try store.key(ofSlot: number).map { ($0, number) } }
        }
        insert(found)
    }

    private func insert(_ pairs: [(StateKey, Int64)]) {
        contents.withLock { contents in
            // One that got its number here meanwhile keeps it; the database did not know it when it was asked.
            for (key, number) in pairs where contents.numbers[key] == nil {
                contents.numbers[key] = number
                contents.keys[number] = key
            }
        }
    }
}
