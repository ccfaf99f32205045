import MatrixModel

/// Reads one power level in the notations that a room version takes.
enum PowerLevelValue {
    /// The level, or nil where the value is none.
    static func parse(_ json: JSON, _ rules: RoomVersionRules) -> Int? {
        switch json.kind {
        case .integer: json.integer
        case .float: rules.allowsFloatPowerLevels ? json.numberText.flatMap { truncated($0) } : nil
        case .string: rules.integerPowerLevels ? nil : json.string.flatMap { integer($0) }
        case .null, .bool, .array, .object: nil
        }
    }

    /// "First, exponential notation is applied … Second, the value is truncated at the decimal point."
    ///
    /// "Values outside the range represented by IEE754 binary64 … cause the powerlevel event to be rejected." Values beyond 64 bits become
    /// the nearest that fits.
    private static func truncated(_ text: String) -> Int? {
        guard let value = Double(text), value.isFinite else { return nil }
        if let exact = Int(text) { return exact }
        if value >= 0x1p63 { return .max }
        if value <= -0x1p63 { return .min }
        return Int(value)
    }

    /// White space, a sign, digits with any number of leading zeroes, white space.
    private static func integer(_ text: String) -> Int? {
        var bytes = Array(text.utf8)[...]
        while let last = bytes.last, isWhiteSpace(last) { bytes.removeLast() }
        while let first = bytes.first, isWhiteSpace(first) { bytes.removeFirst() }
        var isNegative = false
        if let sign = bytes.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
            isNegative = sign == UInt8(ascii: "-")
            bytes.removeFirst()
        }
        guard !bytes.isEmpty else { return nil }
        var value = 0
        for byte in bytes {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            let digit = Int(byte - UInt8(ascii: "0"))
            let (product, overflows) = value.multipliedReportingOverflow(by: 10)
            let (sum, carries) = product.addingReportingOverflow(digit)
            value = overflows || carries ? .max : sum
        }
        return isNegative ? -value : value
    }

    private static func isWhiteSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}
