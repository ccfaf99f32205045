/// Waits by the moment at which their time is over, the earliest first.
struct DeadlineHeap: Sendable {
    /// One wait.
    struct Entry: Sendable {
        let deadline: Int
        let id: Int64
    }

    private var entries: [Entry] = []

    var count: Int { entries.count }
    var earliest: Entry? { entries.first }

    mutating func insert(_ entry: Entry) {
        entries.append(entry)
        var place = entries.count - 1
        while place > 0 {
            let parent = (place - 1) / 2
            guard entries[place].deadline < entries[parent].deadline else { return }
            entries.swapAt(place, parent)
            place = parent
        }
    }

    mutating func removeEarliest() {
        guard let last = entries.popLast(), !entries.isEmpty else { return }
        entries[0] = last
        var place = 0
        while true {
            var smallest = place
            for child in [2 * place + 1, 2 * place + 2] where child < entries.count {
                if entries[child].deadline < entries[smallest].deadline { smallest = child }
            }
            guard smallest != place else { return }
            entries.swapAt(place, smallest)
            place = smallest
        }
    }

    /// Takes out what `isOver` is true of, where that is most of it.
    mutating func compact(keeping count: Int, where isOver: (Int64) -> Bool) {
        guard entries.count > 2 * count + 64 else { return }
        let left = entries.filter { !isOver($0.id) }
        entries = []
        entries.reserveCapacity(left.count)
        // A sorted array is a heap.
        entries = left.sorted { $0.deadline < $1.deadline }
    }
}
