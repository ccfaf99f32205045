/// Reads one token of a text, checking it fully; each function gives the token's node.
enum JSONScanner {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highs: UInt64 = 0x8080_8080_8080_8080

    /// The high bit of each byte that JSON escapes: quotation mark, reverse solidus, control characters. The lowest mark is exact; a borrow
    /// only reaches bytes above a true one.
    @inline(__always)
    private static func escapeMarks(_ word: UInt64) -> UInt64 {
        let quotes = word ^ (ones &* 0x22)
        let escapes = word ^ (ones &* 0x5C)
        return ((quotes &- ones) & ~quotes | (escapes &- ones) & ~escapes | (word &- ones &* 0x20) & ~word) & highs
    }

    @inline(__always)
    private static func isEscaped(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 }

    /// The first place from `start` on of a byte that JSON escapes or that is beyond ASCII; else the end.
    @inline(__always)
    static func plainRun(_ span: Span<UInt8>, from start: Int) -> Int {
        var position = start
        while position &+ 8 <= span.count {
            let word = UInt64(littleEndian: span.bytes.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self))
            let marks = escapeMarks(word) | word & highs
            if marks != 0 { return position &+ marks.trailingZeroBitCount &>> 3 }
            position &+= 8
        }
        while position < span.count, !isEscaped(span[position]), span[position] < 0x80 { position &+= 1 }
        return position
    }

    /// The first place from `start` on of a byte that JSON escapes; else the end.
    @inline(__always)
    static func unescapedRun(_ span: Span<UInt8>, from start: Int) -> Int {
        var position = start
        while position &+ 8 <= span.count {
            let marks = escapeMarks(UInt64(littleEndian: span.bytes.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self)))
            if marks != 0 { return position &+ marks.trailingZeroBitCount &>> 3 }
            position &+= 8
        }
        while position < span.count, !isEscaped(span[position]) { position &+= 1 }
        return position
    }

    /// The string that starts at a quotation mark.
    @inline(__always)
    static func string(_ span: Span<UInt8>, at start: Int) throws(JSONError) -> JSONNode {
        let position = plainRun(span, from: start &+ 1)
        if position < span.count, span[position] == UInt8(ascii: "\"") {
            return JSONNode(.string, offset: start, length: position &+ 1 &- start, flags: [.canonical, .plainNumbers])
        }
        return try intricateString(span, at: start, from: position)
    }

    /// The rest of a string that holds escapes or bytes beyond ASCII.
    @inline(never)
    private static func intricateString(_ span: Span<UInt8>, at start: Int, from: Int) throws(JSONError) -> JSONNode {
        var position = from
        var flags: JSONNode.Flags = [.canonical, .plainNumbers]
        while position < span.count {
            let byte = span[position]
            if byte == UInt8(ascii: "\"") {
                return JSONNode(.string, offset: start, length: position + 1 - start, flags: flags)
            } else if byte == UInt8(ascii: "\\") {
                flags.insert(.escaped)
                if try !escape(span, &position) { flags.remove(.canonical) }
            } else if byte >= 0x80 {
                position = try unicode(span, from: position)
            } else {
                throw .syntax(offset: position)
            }
            position = plainRun(span, from: position)
        }
        throw .syntax(offset: position)
    }

    /// Passes one escape; tells whether canonical JSON writes the character that way.
    private static func escape(_ span: Span<UInt8>, _ position: inout Int) throws(JSONError) -> Bool {
        guard position + 1 < span.count else { throw .syntax(offset: position) }
        switch span[position + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 2
            return true
        case UInt8(ascii: "/"):
            position += 2
            return false
        case UInt8(ascii: "u"):
            let unit = try codeUnit(span, at: position)
            let start = position
            position += 6
            switch unit {
            case 0xD800..<0xDC00:
                guard position + 1 < span.count, span[position] == UInt8(ascii: "\\"), span[position + 1] == UInt8(ascii: "u"),
                    case 0xDC00..<0xE000 = try codeUnit(span, at: position)
                else { throw .loneSurrogate(offset: start) }
                position += 6
                return false
            case 0xDC00..<0xE000: throw .loneSurrogate(offset: start)
            case 0x08, 0x09, 0x0A, 0x0C, 0x0D: return false
            case 0..<0x20: return span[start + 5] < UInt8(ascii: "A") || span[start + 5] >= UInt8(ascii: "a")
            default: return false
            }
        default: throw .syntax(offset: position + 1)
        }
    }

    /// The four hexadecimal digits of the `\u` escape there.
    static func codeUnit(_ span: Span<UInt8>, at position: Int) throws(JSONError) -> UInt32 {
        guard position + 6 <= span.count else { throw .syntax(offset: span.count) }
        var unit: UInt32 = 0
        for place in position + 2..<position + 6 {
            let byte = span[place]
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): unit = unit << 4 | UInt32(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): unit = unit << 4 | UInt32(byte - UInt8(ascii: "a") + 10)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): unit = unit << 4 | UInt32(byte - UInt8(ascii: "A") + 10)
            default: throw .syntax(offset: place)
            }
        }
        return unit
    }

    /// Passes a run of characters beyond ASCII, refusing what the Unicode Standard's table 3-7 does not list.
    private static func unicode(_ span: Span<UInt8>, from start: Int) throws(JSONError) -> Int {
        var position = start
        while position < span.count {
            let lead = span[position]
            if lead < 0x80 { break }
            let size: Int
            var second: ClosedRange<UInt8> = 0x80...0xBF
            switch lead {
            case 0xC2...0xDF: size = 2
            case 0xE0: (size, second) = (3, 0xA0...0xBF)
            case 0xED: (size, second) = (3, 0x80...0x9F)
            case 0xE1...0xEF: size = 3
            case 0xF0: (size, second) = (4, 0x90...0xBF)
            case 0xF4: (size, second) = (4, 0x80...0x8F)
            case 0xF1...0xF3: size = 4
            default: throw .invalidUTF8(offset: position)
            }
            guard position + size <= span.count, second.contains(span[position + 1]) else { throw .invalidUTF8(offset: position) }
            for place in position + 2..<max(position + 2, position + size) where span[place] & 0xC0 != 0x80 {
                throw .invalidUTF8(offset: position)
            }
            position += size
        }
        return position
    }

    /// The literal that starts with that letter.
    @inline(__always)
    static func literal(_ span: Span<UInt8>, at start: Int, _ text: StaticString, _ kind: JSON.Kind) throws(JSONError) -> JSONNode {
        let length = text.utf8CodeUnitCount
        guard start &+ length <= span.count else { throw .syntax(offset: span.count) }
        for place in 0..<length where span[start &+ place] != text.utf8Start[place] { throw .syntax(offset: start &+ place) }
        return JSONNode(kind, offset: start, length: length, flags: [.canonical, .plainNumbers])
    }
}
