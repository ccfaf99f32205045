extension JSONValue {
    /// The canonical form (appendices, "Canonical JSON"); refuses floats and integers beyond ±(2^53 − 1).
    public func canonicalBytes() throws(JSONError) -> [UInt8] {
        try refuseUncanonicalNumbers()
        return bytes()
    }

    /// The canonical form, but for numbers that have none, which are written as they are.
    public func bytes() -> [UInt8] {
        var output: [UInt8] = []
        appendBytes(to: &output)
        return output
    }

    /// Appends what `bytes` gives.
    public func appendBytes(to output: inout [UInt8]) {
        switch self {
        case .null: output.append(contentsOf: "null".utf8)
        case .bool(let value): output.append(contentsOf: (value ? "true" : "false").utf8)
        case .integer(let value): output.append(contentsOf: String(value).utf8)
        case .float(let text): output.append(contentsOf: text.utf8)
        case .string(let text): Self.append(text, to: &output)
        case .array(let elements):
            output.append(UInt8(ascii: "["))
            for (position, element) in elements.enumerated() {
                if position > 0 { output.append(UInt8(ascii: ",")) }
                element.appendBytes(to: &output)
            }
            output.append(UInt8(ascii: "]"))
        case .object(let members):
            output.append(UInt8(ascii: "{"))
            var isFirst = true
            for (key, value) in members.sorted(by: { UTF8Order.precedes($0.key, $1.key) }) {
                if !isFirst { output.append(UInt8(ascii: ",")) }
                isFirst = false
                Self.append(key, to: &output)
                output.append(UInt8(ascii: ":"))
                value.appendBytes(to: &output)
            }
            output.append(UInt8(ascii: "}"))
        }
    }

    private static func append(_ text: String, to output: inout [UInt8]) {
        var text = text
        text.withUTF8 { JSONText.appendQuoted($0, to: &output) }
    }

    private func refuseUncanonicalNumbers() throws(JSONError) {
        switch self {
        case .null, .bool, .string: return
        case .integer(let value): if value.magnitude > JSONNumber.maximum.magnitude { throw .integerRange }
        case .float: throw .float
        case .array(let elements): for element in elements { try element.refuseUncanonicalNumbers() }
        case .object(let members): for member in members.values { try member.refuseUncanonicalNumbers() }
        }
    }
}
