/// The bytes of one parsed text and its tape: the values in source order, scalars as one word, containers as two.
///
/// An object's members follow it as key, value, key, value; an array's elements follow it directly.
final class JSONDocument: Sendable {
    let bytes: [UInt8]
    let tape: [UInt64]

    init(bytes: [UInt8], tape: [UInt64]) {
        self.bytes = bytes
        self.tape = tape
    }

    /// The node at a place of the tape.
    func node(at index: Int) -> JSONNode { JSONNode(word: tape[index]) }
    /// The members or elements of the container there.
    func count(at index: Int) -> Int { JSONExtent(word: tape[index + 1]).count }
    /// The place after the value there, with all that is in it.
    func next(after index: Int) -> Int {
        JSONNode(word: tape[index]).isContainer ? JSONExtent(word: tape[index + 1]).next : index + 1
    }
}

/// The first word of a value on the tape: kind (4 bits), flags (4 bits), offset and length in the source (28 bits each).
struct JSONNode {
    /// What the parser learnt about a value.
    struct Flags: OptionSet {
        let rawValue: UInt64
        /// The source bytes are the canonical form: they can be copied.
        static let canonical = Flags(rawValue: 1 << 4)
        /// All numbers in it are integers that canonical JSON allows.
        static let plainNumbers = Flags(rawValue: 1 << 5)
        /// An object's keys stand in ascending order and hold no escapes.
        static let sorted = Flags(rawValue: 1 << 6)
        /// A string holds escapes.
        static let escaped = Flags(rawValue: 1 << 6)
        /// A number is an integer beyond ±(2^53 − 1).
        static let wideInteger = Flags(rawValue: 1 << 6)

        static let all = Flags(rawValue: 7 << 4)
    }

    static let maximumOffset = 1 << 28 - 1

    var word: UInt64

    init(word: UInt64) { self.word = word }

    init(_ kind: JSON.Kind, offset: Int, length: Int, flags: Flags) {
        word = UInt64(kind.rawValue) | flags.rawValue | UInt64(truncatingIfNeeded: offset) << 8 | UInt64(truncatingIfNeeded: length) << 36
    }

    var tag: UInt8 { UInt8(truncatingIfNeeded: word & 15) }
    func `is`(_ kind: JSON.Kind) -> Bool { tag == kind.rawValue }
    var flags: Flags { Flags(rawValue: word & Flags.all.rawValue) }
    var isContainer: Bool { tag >= JSON.Kind.array.rawValue }
    var isEscaped: Bool { word & Flags.escaped.rawValue != 0 }
    var isCanonical: Bool { word & Flags.canonical.rawValue != 0 }
    var offset: Int { Int(truncatingIfNeeded: word >> 8 & 0xFFF_FFFF) }
    var length: Int { Int(truncatingIfNeeded: word >> 36) }
    var end: Int { offset + length }
    var range: Range<Int> { offset..<end }
    /// The bytes between a string's quotation marks.
    var text: Range<Int> { offset + 1..<end - 1 }
}

/// The second word of a container: the place on the tape after it, and its number of members or elements.
struct JSONExtent {
    let word: UInt64

    init(word: UInt64) { self.word = word }
    init(next: Int, count: Int) { word = UInt64(truncatingIfNeeded: next) << 32 | UInt64(truncatingIfNeeded: count) }

    var next: Int { Int(truncatingIfNeeded: word >> 32) }
    var count: Int { Int(truncatingIfNeeded: word & 0xFFFF_FFFF) }
}
