/// Equality and order of strings by their UTF-8 bytes.
///
/// Swift's own holds `é` and `e` + U+0301 equal; two such identifiers, state keys or JSON keys are different ones in Matrix.
enum UTF8Order {
    static func equal(_ left: String, _ right: String) -> Bool {
        guard left.utf8.count == right.utf8.count else { return false }
        return compare(left, right) == 0
    }

    static func precedes(_ left: String, _ right: String) -> Bool { compare(left, right) < 0 }

    static func hash(_ text: String, into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        // Ends the text, so that adjoining ones cannot exchange bytes; UTF-8 has no such byte.
        hasher.combine(0xFF as UInt8)
    }

    /// −1, 0 or 1.
    static func compare(_ left: String, _ right: String) -> Int {
        var left = left
        var right = right
        return left.withUTF8 { first in
            right.withUTF8 { second in
                let common = min(first.count, second.count)
                var place = 0
                while place &+ 8 <= common {
                    let one = UInt64(bigEndian: UnsafeRawBufferPointer(first).loadUnaligned(fromByteOffset: place, as: UInt64.self))
                    let other = UInt64(bigEndian: UnsafeRawBufferPointer(second).loadUnaligned(fromByteOffset: place, as: UInt64.self))
                    if one != other { return one < other ? -1 : 1 }
                    place &+= 8
                }
                while place < common {
                    if first[place] != second[place] { return first[place] < second[place] ? -1 : 1 }
                    place &+= 1
                }
                return first.count == second.count ? 0 : first.count < second.count ? -1 : 1
            }
        }
    }
}
