extension JSONKeys {
    /// A member of an object being sorted: the first eight bytes of its key, and the key's place on the tape.
    struct Slot {
        var prefix: UInt64
        var place: Int
    }

    /// Objects up to this many members are sorted by insertion, without a closure call for each comparison.
    private static let insertionLimit = 24

    /// An object's members, in the order of their keys' code points.
    static func sorted(_ document: JSONDocument, first: Int, count: Int) -> [Slot] {
        let bytes = document.bytes
        let span = bytes.span
        var slots: [Slot] = []
        slots.reserveCapacity(count)
        var place = first
        for _ in 0..<count {
            let key = document.node(at: place)
            if key.isEscaped { return sortedDecoded(document, first: first, count: count) }
            let slot = Slot(prefix: prefix(span, key.text), place: place)
            slots.append(slot)
            if count <= insertionLimit {
                var hole = slots.count - 1
                while hole > 0, precedes(slot, slots[hole - 1], document, span) {
                    slots[hole] = slots[hole - 1]
                    hole -= 1
                }
                slots[hole] = slot
            }
            place = document.next(after: place + 1)
        }
        if count > insertionLimit { slots.sort { precedes($0, $1, document, bytes.span) } }
        return slots
    }

    @inline(__always)
    private static func precedes(_ left: Slot, _ right: Slot, _ document: JSONDocument, _ span: Span<UInt8>) -> Bool {
        if left.prefix != right.prefix { return left.prefix < right.prefix }
        return order(span, document.node(at: left.place).text, document.node(at: right.place).text) < 0
    }

    /// The same where a key holds escapes.
    private static func sortedDecoded(_ document: JSONDocument, first: Int, count: Int) -> [Slot] {
        let bytes = document.bytes
        var keys: [(bytes: [UInt8], place: Int)] = []
        keys.reserveCapacity(count)
        var place = first
        for _ in 0..<count {
            keys.append((JSONText.decoded(bytes.span, document.node(at: place)), place))
            place = document.next(after: place + 1)
        }
        keys.sort { $0.bytes.lexicographicallyPrecedes($1.bytes) }
        return keys.map { Slot(prefix: 0, place: $0.place) }
    }

    /// The first eight bytes of a key as a number of the same order, short keys filled up with zero.
    @inline(__always)
    private static func prefix(_ span: Span<UInt8>, _ text: Range<Int>) -> UInt64 {
        guard text.lowerBound &+ 8 <= span.count else {
            var prefix: UInt64 = 0
            for place in text.prefix(8) { prefix = prefix << 8 | UInt64(span[place]) }
            return prefix << (64 - 8 * UInt64(min(8, text.count)))
        }
        let word = UInt64(bigEndian: span.bytes.unsafeLoadUnaligned(fromByteOffset: text.lowerBound, as: UInt64.self))
        return text.count >= 8 ? word : word & ~(UInt64.max >> (8 * UInt64(text.count)))
    }
}
