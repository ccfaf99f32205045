extension JSON {
    /// The canonical form (appendices, "Canonical JSON"): no white space, keys by code point, minimal escapes, integers within ±(2^53 − 1).
    public func canonicalBytes() throws(JSONError) -> [UInt8] {
        let node = node
        if node.isCanonical { return node.length == document.bytes.count ? document.bytes : Array(rawBytes) }
        var output: [UInt8] = []
        try appendCanonical(to: &output)
        return output
    }

    /// Appends the canonical form; leaves out those members of this object itself.
    public func appendCanonical(to output: inout [UInt8], omitting keys: [String] = []) throws(JSONError) {
        output.reserveCapacity(output.count + node.length)
        try JSONWriter(document: document, keepsFloats: false).write(index, omitting: keys, to: &output)
    }

    /// The canonical form but for numbers that have none, which keep their source text: rooms before version 6, responses to clients.
    public func lenientBytes() -> [UInt8] {
        let node = node
        if node.isCanonical { return node.length == document.bytes.count ? document.bytes : Array(rawBytes) }
        var output: [UInt8] = []
        appendLenient(to: &output)
        return output
    }

    /// Appends the lenient form; leaves out those members of this object itself.
    public func appendLenient(to output: inout [UInt8], omitting keys: [String] = []) {
        output.reserveCapacity(output.count + node.length)
        // Only floats and the range of integers can be refused, and this writer keeps both.
        try? JSONWriter(document: document, keepsFloats: true).write(index, omitting: keys, to: &output)
    }

    /// A document of its own with the canonical form of this value; the same one where it is that already.
    public func canonicalized() throws(JSONError) -> JSON {
        if node.isCanonical, index == 0, node.length == document.bytes.count { return self }
        return JSON(document: JSONParser.trusted(try canonicalBytes()), index: 0)
    }
}

/// Writes values of a tape, copying whatever the source has in canonical form.
struct JSONWriter {
    let document: JSONDocument
    let keepsFloats: Bool

    func write(_ index: Int, omitting keys: [String] = [], to output: inout [UInt8]) throws(JSONError) {
        let node = document.node(at: index)
        if node.isContainer {
            if node.isCanonical, keys.isEmpty { return copy(node.range, to: &output) }
            return node.is(.object) ? try writeObject(index, omitting: keys, to: &output) : try writeArray(index, to: &output)
        }
        try writeScalar(node, to: &output)
    }

    private func writeScalar(_ node: JSONNode, to output: inout [UInt8]) throws(JSONError) {
        if node.isCanonical { return copy(node.range, to: &output) }
        if node.is(.string) {
            let bytes = document.bytes
            let text = JSONText.decoded(bytes.span, node)
            text.withUnsafeBufferPointer { JSONText.appendQuoted($0, to: &output) }
        } else if node.is(.integer) {
            // "Negative zero -0 MUST NOT appear"; no other integer in range is written otherwise than canonically.
            output.append(UInt8(ascii: "0"))
        } else if keepsFloats {
            copy(node.range, to: &output)
        } else {
            throw node.flags.contains(.wideInteger) ? .integerRange : .float
        }
    }

    private func writeArray(_ index: Int, to output: inout [UInt8]) throws(JSONError) {
        output.append(UInt8(ascii: "["))
        var place = index + 2
        for position in 0..<document.count(at: index) {
            if position > 0 { output.append(UInt8(ascii: ",")) }
            try write(place, to: &output)
            place = document.next(after: place)
        }
        output.append(UInt8(ascii: "]"))
    }

    private func writeObject(_ index: Int, omitting keys: [String], to output: inout [UInt8]) throws(JSONError) {
        output.append(UInt8(ascii: "{"))
        let count = document.count(at: index)
        var isFirst = true
        if document.node(at: index).flags.contains(.sorted) || count < 2 {
            var place = index + 2
            for _ in 0..<count {
                try writeMember(place, omitting: keys, &isFirst, to: &output)
                place = document.next(after: place + 1)
            }
        } else {
            for slot in JSONKeys.sorted(document, first: index + 2, count: count) {
                try writeMember(slot.place, omitting: keys, &isFirst, to: &output)
            }
        }
        output.append(UInt8(ascii: "}"))
    }

    private func writeMember(_ place: Int, omitting keys: [String], _ isFirst: inout Bool, to output: inout [UInt8]) throws(JSONError) {
        let key = document.node(at: place)
        if !keys.isEmpty, isOmitted(key, keys) { return }
        if !isFirst { output.append(UInt8(ascii: ",")) }
        isFirst = false
        let value = document.node(at: place + 1)
        if key.isCanonical, value.isCanonical, value.offset == key.end + 1 { return copy(key.offset..<value.end, to: &output) }
        try writeScalar(key, to: &output)
        output.append(UInt8(ascii: ":"))
        try write(place + 1, to: &output)
    }

    private func isOmitted(_ key: JSONNode, _ keys: [String]) -> Bool {
        for var omitted in keys where omitted.withUTF8({ JSONText.text(of: key, in: document.bytes, equals: $0) }) { return true }
        return false
    }

    private func copy(_ range: Range<Int>, to output: inout [UInt8]) {
        document.bytes.withUnsafeBufferPointer { output.append(contentsOf: UnsafeBufferPointer(rebasing: $0[range])) }
    }
}
