/// Strings of a tape: their characters, and how canonical JSON writes them.
enum JSONText {
    /// The characters of a string or key.
    static func string(of node: JSONNode, in bytes: [UInt8]) -> String {
        if node.isEscaped { return String(decoding: decoded(bytes.span, node), as: UTF8.self) }
        return bytes.withUnsafeBufferPointer { String(decoding: UnsafeBufferPointer(rebasing: $0[node.text]), as: UTF8.self) }
    }

    /// Whether a string's or key's characters are those bytes.
    @inline(__always)
    static func text(of node: JSONNode, in bytes: [UInt8], equals other: UnsafeBufferPointer<UInt8>) -> Bool {
        if node.isEscaped { return decoded(bytes.span, node).elementsEqual(other) }
        guard node.length &- 2 == other.count else { return false }
        return bytes.withUnsafeBufferPointer { source in
            let start = node.offset &+ 1
            for place in 0..<other.count where source[start &+ place] != other[place] { return false }
            return true
        }
    }

    /// The UTF-8 of a string's characters, escapes resolved.
    static func decoded(_ span: Span<UInt8>, _ node: JSONNode) -> [UInt8] {
        let range = node.text
        var output: [UInt8] = []
        output.reserveCapacity(range.count)
        var position = range.lowerBound
        while position < range.upperBound {
            // Within a string that was checked, only reverse solidi are marked; the closing quotation mark ends the last run.
            let end = JSONScanner.unescapedRun(span, from: position)
            if end > position { span.withUnsafeBufferPointer { output.append(contentsOf: UnsafeBufferPointer(rebasing: $0[position..<end])) } }
            position = end
            while position < range.upperBound, span[position] == UInt8(ascii: "\\") { appendScalar(scalar(span, &position), to: &output) }
        }
        return output
    }

    /// The character that an escape names; the parser has checked it.
    private static func scalar(_ span: Span<UInt8>, _ position: inout Int) -> UInt32 {
        let letter = span[position + 1]
        guard letter == UInt8(ascii: "u") else {
            position += 2
            switch letter {
            case UInt8(ascii: "b"): return 0x08
            case UInt8(ascii: "t"): return 0x09
            case UInt8(ascii: "n"): return 0x0A
            case UInt8(ascii: "f"): return 0x0C
            case UInt8(ascii: "r"): return 0x0D
            default: return UInt32(letter)
            }
        }
        let unit = checkedCodeUnit(span, at: position)
        position += 6
        guard 0xD800..<0xDC00 ~= unit else { return unit }
        let low = checkedCodeUnit(span, at: position)
        position += 6
        return 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
    }

    private static func checkedCodeUnit(_ span: Span<UInt8>, at position: Int) -> UInt32 {
        do { return try JSONScanner.codeUnit(span, at: position) } catch { return 0xFFFD }
    }

    @inline(__always)
    private static func appendScalar(_ scalar: UInt32, to output: inout [UInt8]) {
        switch scalar {
        case 0..<0x80: output.append(UInt8(truncatingIfNeeded: scalar))
        case 0x80..<0x800:
            output.append(UInt8(truncatingIfNeeded: 0xC0 | scalar >> 6))
            output.append(continuation(scalar))
        case 0x800..<0x10000:
            output.append(UInt8(truncatingIfNeeded: 0xE0 | scalar >> 12))
            output.append(continuation(scalar >> 6))
            output.append(continuation(scalar))
        default:
            output.append(UInt8(truncatingIfNeeded: 0xF0 | scalar >> 18 & 7))
            output.append(continuation(scalar >> 12))
            output.append(continuation(scalar >> 6))
            output.append(continuation(scalar))
        }
    }

    @inline(__always)
    private static func continuation(_ bits: UInt32) -> UInt8 { UInt8(truncatingIfNeeded: 0x80 | bits & 0x3F) }

    /// Appends a string in its canonical form: only quotation mark, reverse solidus and control characters are escaped.
    static func appendQuoted(_ text: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        var position = 0
        while position < text.count {
            let end = JSONScanner.unescapedRun(text.span, from: position)
            output.append(contentsOf: UnsafeBufferPointer(rebasing: text[position..<end]))
            if end < text.count { appendEscape(text[end], to: &output) }
            position = end + 1
        }
        output.append(UInt8(ascii: "\""))
    }

    private static func appendEscape(_ byte: UInt8, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\\"))
        switch byte {
        case 0x08: output.append(UInt8(ascii: "b"))
        case 0x09: output.append(UInt8(ascii: "t"))
        case 0x0A: output.append(UInt8(ascii: "n"))
        case 0x0C: output.append(UInt8(ascii: "f"))
        case 0x0D: output.append(UInt8(ascii: "r"))
        case 0..<0x20:
            let low = byte & 15
            output.append(contentsOf: "u00".utf8)
            output.append(UInt8(ascii: "0") + byte >> 4)
            output.append(low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "a") + low - 10)
        default: output.append(byte)
        }
    }
}
