import Database
import MatrixModel
import Storage
import Synchronization

/// State slots by number and back, in memory: every slot that a loaded room used since the start.
final class SlotTable: Sendable {
    private struct Contents {
        var numbers: [StateKey: Int64] = [:]
        var keys: [Int64: StateKey] = [:]
    }

    private let contents = Mutex(Contents())
    private let database: Database

    init(database: Database) {
        self.database = database
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

    /// Makes sure that the slots have numbers.
    func intern(_ keys: [StateKey]) async throws {
        try await load(keys)
        let absent = keys.filter { known($0) == nil }
        guard !absent.isEmpty else { return }
        let made = try await database.write { transaction in
            let store = StateStore(transaction)
            return try absent.map { ($0, try store.intern($0)) }
        }
        insert(made)
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
            for (key, number) in pairs {
                contents.numbers[key] = number
                contents.keys[number] = key
            }
        }
    }
}
