/// Turns bytes into a tape, in one pass without recursion; refuses whatever two servers could read in different ways.
enum JSONParser {
    /// Words of tape that are reserved at most before any value is seen.
    private static let largestReserve = 1 << 16

    static func parse(_ bytes: [UInt8], limits: JSONLimits) throws(JSONError) -> JSONDocument {
        guard bytes.count <= limits.maximumBytes, bytes.count <= JSONLimits.ceiling else { throw .size }
        var tape: [UInt64] = []
        tape.reserveCapacity(min(bytes.count / 12 + 4, largestReserve))
        try fill(&tape, from: bytes.span, maximumDepth: limits.maximumDepth)
        return JSONDocument(bytes: bytes, tape: tape)
    }

    /// Parses what `JSONValue` wrote; the bytes are JSON by construction, unless a float's text was not.
    static func trusted(_ bytes: [UInt8]) -> JSONDocument {
        let limits = JSONLimits(maximumBytes: .max, maximumDepth: .max)
        do {
            return try parse(bytes, limits: limits)
        } catch {
            return JSONDocument(bytes: Array("null".utf8), tape: [JSONNode(.null, offset: 0, length: 4, flags: [.canonical, .plainNumbers]).word])
        }
    }

    /// The innermost open container. While one is open, its first word lacks the length and its second holds the enclosing container's place.
    private struct Frame {
        /// Its place on the tape; negative outside of all containers.
        var place = -1
        /// The place of the enclosing container.
        var parent = -1
        var isObject = false
        /// Members or elements so far.
        var count = 0
        var flags: JSONNode.Flags = .all
        /// The place of the last key.
        var lastKey = -1
    }

    private static func fill(_ tape: inout [UInt64], from span: Span<UInt8>, maximumDepth: Int) throws(JSONError) {
        var position = 0
        var depth = 0
        var frame = Frame()
        values: while true {
            if skipSpace(span, &position) { frame.flags.remove(.canonical) }
            if frame.isObject { try member(span, &position, &frame, &tape) }
            guard position < span.count else { throw .syntax(offset: position) }
            let node: JSONNode
            switch span[position] {
            case UInt8(ascii: "\""): node = try JSONScanner.string(span, at: position)
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                guard depth <= maximumDepth else { throw .depth }
                open(isObject: span[position] == UInt8(ascii: "{"), at: position, &frame, &tape)
                position += 1
                if skipSpace(span, &position) { frame.flags.remove(.canonical) }
                guard position < span.count, span[position] == (frame.isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else { continue values }
                // Empty: closed below, without a value to count.
                frame.count = -1
                node = JSONNode(.null, offset: position, length: 0, flags: [.canonical, .plainNumbers])
            case UInt8(ascii: "t"): node = try JSONScanner.literal(span, at: position, "true", .bool)
            case UInt8(ascii: "f"): node = try JSONScanner.literal(span, at: position, "false", .bool)
            case UInt8(ascii: "n"): node = try JSONScanner.literal(span, at: position, "null", .null)
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): node = try JSONNumber.scan(span, at: position)
            default: throw .syntax(offset: position)
            }
            if frame.count >= 0 { tape.append(node.word) }
            position = node.end
            frame.count &+= 1
            keep(node.flags, in: &frame)
            while frame.place >= 0 {
                if skipSpace(span, &position) { frame.flags.remove(.canonical) }
                guard position < span.count else { throw .syntax(offset: position) }
                let byte = span[position]
                position &+= 1
                if byte == UInt8(ascii: ","), frame.count > 0 { continue values }
                guard byte == (frame.isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else { throw .syntax(offset: position - 1) }
                try close(span, at: position, &frame, &tape)
                depth -= 1
            }
            break
        }
        _ = skipSpace(span, &position)
        guard position == span.count else { throw .syntax(offset: position) }
    }

    /// Passes white space; tells whether there was any.
    @inline(__always)
    private static func skipSpace(_ span: Span<UInt8>, _ position: inout Int) -> Bool {
        guard position < span.count, span[position] <= 0x20 else { return false }
        let start = position
        while position < span.count {
            switch span[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position &+= 1
            default: return position > start
            }
        }
        return position > start
    }

    /// Passes a key and its colon, up to the value.
    @inline(__always)
    private static func member(_ span: Span<UInt8>, _ position: inout Int, _ frame: inout Frame, _ tape: inout [UInt64]) throws(JSONError) {
        guard position < span.count, span[position] == UInt8(ascii: "\"") else { throw .syntax(offset: position) }
        let key = try JSONScanner.string(span, at: position)
        if key.isEscaped { frame.flags.subtract([.sorted, .canonical]) }
        if frame.lastKey >= 0, frame.flags.contains(.sorted) {
            let last = JSONNode(word: tape[frame.lastKey])
            switch JSONKeys.order(span, last.text, key.text) {
            case 0: throw .duplicateKey(offset: key.offset)
            case 1: frame.flags.subtract([.sorted, .canonical])
            default: break
            }
        }
        frame.lastKey = tape.count
        tape.append(key.word)
        position = key.end
        if skipSpace(span, &position) { frame.flags.remove(.canonical) }
        guard position < span.count, span[position] == UInt8(ascii: ":") else { throw .syntax(offset: position) }
        position &+= 1
        if skipSpace(span, &position) { frame.flags.remove(.canonical) }
    }

    /// Lets a container lose the properties that a value in it lacks; its order of keys is its own.
    @inline(__always)
    private static func keep(_ flags: JSONNode.Flags, in frame: inout Frame) {
        frame.flags.formIntersection(flags.union(.sorted))
    }

    @inline(__always)
    private static func open(isObject: Bool, at offset: Int, _ frame: inout Frame, _ tape: inout [UInt64]) {
        if frame.place >= 0 {
            let word = tape[frame.place] & ~JSONNode.Flags.all.rawValue
            tape[frame.place] = word | frame.flags.rawValue
            tape[frame.place + 1] = JSONExtent(next: frame.parent + 1, count: frame.count).word
        }
        let place = tape.count
        tape.append(JSONNode(isObject ? .object : .array, offset: offset, length: 0, flags: []).word)
        tape.append(0)
        frame = Frame(place: place, parent: frame.place, isObject: isObject)
    }

    @inline(__always)
    private static func close(_ span: Span<UInt8>, at end: Int, _ frame: inout Frame, _ tape: inout [UInt64]) throws(JSONError) {
        let closed = frame
        if closed.isObject, !closed.flags.contains(.sorted) {
            try JSONKeys.refuseDuplicates(span, tape.span, first: closed.place + 2, count: closed.count)
        }
        let offset = JSONNode(word: tape[closed.place]).offset
        let node = JSONNode(closed.isObject ? .object : .array, offset: offset, length: end - offset, flags: closed.flags)
        tape[closed.place] = node.word
        tape[closed.place + 1] = JSONExtent(next: tape.count, count: closed.count).word
        guard closed.parent >= 0 else {
            frame = Frame()
            return
        }
        let parent = JSONNode(word: tape[closed.parent])
        let extent = JSONExtent(word: tape[closed.parent + 1])
        frame = Frame(
            place: closed.parent, parent: extent.next - 1, isObject: parent.is(.object), count: extent.count + 1, flags: parent.flags,
            // In an object, the key stands right before the container that is its value.
            lastKey: closed.place - 1)
        keep(closed.flags, in: &frame)
    }
}
