/// Numbers: their grammar, and the range that canonical JSON gives them.
enum JSONNumber {
    /// The largest magnitude of an integer in canonical JSON, 2^53 − 1.
    static let maximum = 1 << 53 - 1

    /// The number that starts there.
    @inline(__always)
    static func scan(_ span: Span<UInt8>, at start: Int) throws(JSONError) -> JSONNode {
        var position = start
        let isNegative = span[start] == UInt8(ascii: "-")
        if isNegative { position &+= 1 }
        let first = position
        // Wraps only beyond sixteen digits, which are out of range however they end.
        var magnitude: UInt64 = 0
        while let digit = digit(span, at: position) {
            magnitude = magnitude &* 10 &+ UInt64(truncatingIfNeeded: digit)
            position &+= 1
        }
        let digits = position &- first
        guard digits > 0, digits == 1 || span[first] != UInt8(ascii: "0") else { throw .syntax(offset: position) }
        if position < span.count {
            let byte = span[position]
            if byte == UInt8(ascii: ".") || byte | 0x20 == UInt8(ascii: "e") { return try float(span, at: start, from: position) }
        }
        let length = position &- start
        guard digits <= 16, magnitude <= UInt64(maximum) else {
            return JSONNode(.float, offset: start, length: length, flags: .wideInteger)
        }
        let isNegativeZero = isNegative && magnitude == 0
        return JSONNode(.integer, offset: start, length: length, flags: isNegativeZero ? [] : [.canonical, .plainNumbers])
    }

    /// The number whose fraction or exponent starts at `from`.
    @inline(never)
    private static func float(_ span: Span<UInt8>, at start: Int, from: Int) throws(JSONError) -> JSONNode {
        var position = from
        if span[position] == UInt8(ascii: ".") {
            position = try digits(span, from: position + 1)
        }
        if position < span.count, span[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            if position < span.count, span[position] == UInt8(ascii: "+") || span[position] == UInt8(ascii: "-") { position += 1 }
            position = try digits(span, from: position)
        }
        return JSONNode(.float, offset: start, length: position - start, flags: [])
    }

    /// Passes one or more digits.
    private static func digits(_ span: Span<UInt8>, from start: Int) throws(JSONError) -> Int {
        var position = start
        while digit(span, at: position) != nil { position += 1 }
        guard position > start else { throw .syntax(offset: position) }
        return position
    }

    @inline(__always)
    private static func digit(_ span: Span<UInt8>, at position: Int) -> UInt8? {
        guard position < span.count else { return nil }
        let value = span[position] &- UInt8(ascii: "0")
        return value < 10 ? value : nil
    }

    /// The value of an integer's text; nil beyond 64 bits.
    static func integer(_ bytes: [UInt8], _ range: Range<Int>) -> Int? {
        let span = bytes.span
        let isNegative = span[range.lowerBound] == UInt8(ascii: "-")
        var value = 0
        for place in (isNegative ? range.lowerBound + 1 : range.lowerBound)..<range.upperBound {
            let digit = Int(span[place] &- UInt8(ascii: "0"))
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = isNegative ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
            if overflow || carry { return nil }
            value = sum
        }
        return value
    }
}
