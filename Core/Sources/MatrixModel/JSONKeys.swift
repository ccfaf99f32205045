/// Order, look-up and uniqueness of an object's keys, on their bytes.
enum JSONKeys {
    /// −1, 0 or 1 as the first range's bytes stand before, equal or stand after the second's: code point order, as UTF-8 keeps it.
    @inline(__always)
    static func order(_ span: Span<UInt8>, _ left: Range<Int>, _ right: Range<Int>) -> Int {
        let common = min(left.count, right.count)
        var place = 0
        while place &+ 8 <= common {
            let first = UInt64(bigEndian: span.bytes.unsafeLoadUnaligned(fromByteOffset: left.lowerBound &+ place, as: UInt64.self))
            let second = UInt64(bigEndian: span.bytes.unsafeLoadUnaligned(fromByteOffset: right.lowerBound &+ place, as: UInt64.self))
            if first != second { return first < second ? -1 : 1 }
            place &+= 8
        }
        while place < common {
            let first = span[left.lowerBound &+ place]
            let second = span[right.lowerBound &+ place]
            if first != second { return first < second ? -1 : 1 }
            place &+= 1
        }
        return left.count == right.count ? 0 : left.count < right.count ? -1 : 1
    }

    /// Objects up to this many members are compared in pairs where a filter of key shapes cannot tell them apart.
    private static let pairwiseLimit = 32

    /// Refuses an object whose keys are not in order where two are equal; never quadratic in the number of keys.
    @inline(never)
    static func refuseDuplicates(_ span: Span<UInt8>, _ tape: Span<UInt64>, first: Int, count: Int) throws(JSONError) {
        guard count <= pairwiseLimit else { return try refuseDuplicatesSorted(span, tape, first: first, count: count) }
        var shapes: UInt64 = 0
        var place = first
        for position in 0..<count {
            let key = JSONNode(word: tape[place])
            if key.isEscaped { return try refuseDuplicatesSorted(span, tape, first: first, count: count) }
            let shape = shape(span, key.text)
            if shapes & shape != 0 {
                var earlier = first
                for _ in 0..<position {
                    let other = JSONNode(word: tape[earlier])
                    if !other.isEscaped, other.length == key.length, order(span, other.text, key.text) == 0 {
                        throw .duplicateKey(offset: key.offset)
                    }
                    earlier = next(tape, after: earlier + 1)
                }
            }
            shapes |= shape
            place = next(tape, after: place + 1)
        }
    }

    /// One of 64 bits by a key's length and outer bytes.
    @inline(__always)
    private static func shape(_ span: Span<UInt8>, _ text: Range<Int>) -> UInt64 {
        guard !text.isEmpty else { return 1 }
        let ends = UInt64(span[text.lowerBound]) &* 37 &+ UInt64(span[text.upperBound &- 1]) &* 11
        return 1 << ((ends &+ UInt64(truncatingIfNeeded: text.count) &* 5) & 63)
    }

    @inline(never)
    private static func refuseDuplicatesSorted(_ span: Span<UInt8>, _ tape: Span<UInt64>, first: Int, count: Int) throws(JSONError) {
        var keys: [(bytes: [UInt8], offset: Int)] = []
        keys.reserveCapacity(count)
        var place = first
        for _ in 0..<count {
            let key = JSONNode(word: tape[place])
            keys.append((JSONText.decoded(span, key), key.offset))
            place = next(tape, after: place + 1)
        }
        keys.sort { $0.bytes.lexicographicallyPrecedes($1.bytes) }
        for position in 1..<max(1, count) where keys[position - 1].bytes == keys[position].bytes {
            throw .duplicateKey(offset: max(keys[position - 1].offset, keys[position].offset))
        }
    }

    /// The place after the value there.
    @inline(__always)
    static func next(_ tape: Span<UInt64>, after place: Int) -> Int {
        JSONNode(word: tape[place]).isContainer ? JSONExtent(word: tape[place &+ 1]).next : place &+ 1
    }
}
