import MatrixModel
import RoomGraph
import Storage
import Synchronization

/// The newest events of one room as counting needs them, made once for all members: read back as far as somebody asks, on as they come.
final class RoomTally: Sendable {
    private let contents: Mutex<Contents>

    init(room: Int64, head: Position) {
        contents = Mutex(Contents(room: room, head: head))
    }

    /// Brings the tally to a position, and works on it.
    func counting<Value>(through head: Position, _ reader: RoomReader, _ board: UnreadBoard, _ body: (inout Contents) throws -> Value) throws -> Value
    {
        try contents.withLock { contents in
            let source = TallySource(reader: reader, board: board)
            if TimelineOrder.end(of: head) < contents.lower {
                // A snapshot from before the tally began cannot read what lies in between: it counts for itself.
                var own = Contents(room: contents.room, head: head)
                return try body(&own)
            }
            try contents.extend(to: head, source)
            return try body(&contents)
        }
    }

    /// What the tally holds.
    struct Contents: Sendable {
        let room: Int64
        /// Oldest first.
        private(set) var records: [TallyRecord] = []
        /// Above this place, up to `through`, every live event that is shown is among the records.
        private(set) var lower: Int64
        private(set) var through: Position
        private(set) var names = TallyNames()
        /// The newest events, whole.
        private var whole: [Event] = []
        private var wholeNumbers: [Int64] = []
        /// Places of events that were redacted while the tally was in memory.
        private var redacted: Set<Int64> = []
        /// Whether the threads of records have to be found anew.
        private var isReshaped = false
        /// Of restricted events, the state before them.
        private(set) var before: [Int64: StateReference] = [:]

        init(room: Int64, head: Position) {
            self.room = room
            through = head
            lower = TimelineOrder.end(of: head)
        }

        /// Reads what came since, up to a position.
        mutating func extend(to head: Position, _ source: TallySource) throws {
            guard head > through else { return }
            if names.count + redacted.count > UnreadLimits.names { self = Contents(room: room, head: through) }
            var after = TimelineOrder.end(of: through)
            let end = TimelineOrder.end(of: head)
            var read = 0
            while true {
                let batch = try source.reader.events.timeline(
                    room: room, after: after, before: end + 1, limit: UnreadLimits.batch, newestFirst: false)
                read += batch.count
                guard read < UnreadLimits.window else {
                    // So much is new that going back from the end is no more work.
                    self = Contents(room: room, head: head)
                    return
                }
                for stored in batch where stored.position != nil { try append(stored, source) }
                guard batch.count == UnreadLimits.batch, let last = batch.last?.ordering else { break }
                after = last
            }
            through = head
            if isReshaped {
                self = Contents(room: room, head: head)
                return
            }
            if records.count > UnreadLimits.window + UnreadLimits.slack { trim() }
        }

        private mutating func append(_ stored: StoredEvent, _ source: TallySource) throws {
            let record = try source.record(stored, &names, &before)
            records.append(record)
            if record.redacts != 0 {
                redacted.insert(record.redacts)
                let place = index(of: record.redacts)
                if let place { records[place].traits.insert(.isRedacted) }
                // Without the relation of what is redacted, what relates to it may be in no thread any more.
                if place.map({ records[$0].traits.contains(.relates) }) ?? true, records.contains(where: { $0.traits.contains(.isInThreadByParent) })
                {
                    isReshaped = true
                }
            }
            whole.append(stored.event)
            wholeNumbers.append(stored.number)
            if whole.count > UnreadLimits.wholeEvents {
                whole.removeFirst()
                wholeNumbers.removeFirst()
            }
        }

        private mutating func trim() {
            let surplus = records.count - UnreadLimits.window - UnreadLimits.slack / 2
            lower = records[surplus - 1].ordering
            for record in records[..<surplus] where record.traits.contains(.isRestricted) { before[record.number] = nil }
            records.removeFirst(surplus)
        }

        /// Reads back to a place, or as far as counts go.
        mutating func reach(_ floor: Int64, _ source: TallySource) throws {
            while lower > floor, records.count < UnreadLimits.window {
                let limit = min(UnreadLimits.batch, UnreadLimits.window - records.count)
                let batch = try source.reader.events.timeline(room: room, after: floor, before: lower + 1, limit: limit, newestFirst: true)
                var older: [TallyRecord] = []
                for stored in batch.reversed() where stored.position != nil { older.append(try source.record(stored, &names, &before)) }
                // A snapshot that is older than a redaction shows its target whole.
                for index in older.indices where redacted.contains(older[index].ordering) { older[index].traits.insert(.isRedacted) }
                records.insert(contentsOf: older, at: 0)
                lower = batch.count < limit ? floor : (batch.last?.ordering).map { $0 - 1 } ?? floor
            }
        }

        /// The place below which nothing counts, for who has read up to `floor` and looks from `head`.
        ///
        /// The tally must have been brought back to `floor`.
        func bound(above floor: Int64, through head: Position) -> Int64 {
            let end = endIndex(through: head)
            guard end > UnreadLimits.window else { return floor }
            return max(floor, records[end - UnreadLimits.window - 1].ordering)
        }

        /// The records after a place, up to a position.
        func indices(after place: Int64, through head: Position) -> Range<Int> {
            let start = firstIndex(after: place)
            return start..<max(start, endIndex(through: head))
        }

        /// An event that is in memory whole.
        func event(_ number: Int64) -> Event? {
            wholeNumbers.lastIndex(of: number).map { whole[$0] }
        }

        mutating func note(memberCount: Int, at index: Int) { records[index].memberCount = Int32(clamping: memberCount) }

        private func endIndex(through head: Position) -> Int {
            // Nearly always everything counts.
            if let last = records.last, last.ordering <= TimelineOrder.end(of: head) { return records.count }
            return firstIndex(after: TimelineOrder.end(of: head))
        }

        private func firstIndex(after place: Int64) -> Int {
            guard let last = records.last, last.ordering > place else { return records.count }
            var low = 0
            var high = records.count
            while low < high {
                let middle = (low + high) / 2
                if records[middle].ordering <= place { low = middle + 1 } else { high = middle }
            }
            return low
        }

        private func index(of place: Int64) -> Int? {
            let after = firstIndex(after: place)
            return after > 0 && records[after - 1].ordering == place ? after - 1 : nil
        }
    }
}
