public import MatrixModel

/// An answer's typed form.
public protocol EndpointResponse: Sendable {
    /// The HTTP status; 200 unless the type says otherwise.
    var status: Int { get }
    var payload: Payload { get }
    /// Further header fields, such as `Location`.
    var headers: [(name: String, value: String)] { get }
}

extension EndpointResponse {
    public var status: Int { 200 }
    public var headers: [(name: String, value: String)] { [] }
}

/// The body of an answer.
public enum Payload: Sendable {
    /// Encoded as JSON with sorted keys.
    case json(JSONValue)
    /// JSON with stored event bytes spliced in.
    case fragment(JSONFragment)
    /// Bytes of that content type.
    case bytes([UInt8], contentType: String)
    /// Bytes that are read as they are sent.
    case source(ByteSource, contentType: String)
    /// Bytes that are there in several encodings.
    case representations(Representations, contentType: String)

    /// The bytes on the wire and their content type.
    public func encoded() -> (bytes: [UInt8], contentType: String) {
        switch self {
        case .json(let value): return (value.bytes(), "application/json")
        case .fragment(let fragment):
            var bytes: [UInt8] = []
            fragment.append(to: &bytes)
            return (bytes, "application/json")
        case .bytes(let bytes, let contentType): return (bytes, contentType)
        case .source(let source, let contentType): return ((try? source.read(0, source.count)) ?? [], contentType)
        case .representations(let representations, let contentType): return (representations.plain, contentType)
        }
    }
}

/// A body kept elsewhere, such as in a file, and read piece by piece.
public struct ByteSource: Sendable {
    /// Length in bytes.
    public let count: Int
    /// Whether a part of it can be asked for (RFC 9110, 14).
    public let allowsRanges: Bool
    /// The bytes from an offset on, as many as asked for; throws where they cannot be read. It may block.
    public let read: @Sendable (_ offset: Int, _ count: Int) throws -> [UInt8]

    public init(count: Int, allowsRanges: Bool = false, read: @escaping @Sendable (_ offset: Int, _ count: Int) throws -> [UInt8]) {
        self.count = count
        self.allowsRanges = allowsRanges
        self.read = read
    }

    /// The source with bytes before and after it, and without ranges: a part of a multipart body.
    public func enclosed(between head: [UInt8], and tail: [UInt8]) -> ByteSource {
        let inner = self
        return ByteSource(count: head.count + inner.count + tail.count) { offset, count in
            var bytes: [UInt8] = []
            bytes.reserveCapacity(count)
            let end = offset + count
            if offset < head.count { bytes += head[offset..<min(end, head.count)] }
            let first = max(offset - head.count, 0)
            let last = min(end - head.count, inner.count)
            if first < last { bytes += try inner.read(first, last - first) }
            let tailStart = head.count + inner.count
            if end > tailStart { bytes += tail[max(offset - tailStart, 0)..<min(end - tailStart, tail.count)] }
            return bytes
        }
    }
}

/// The answer `{}`.
public struct EmptyResponse: EndpointResponse {
    public init() {}
    public var payload: Payload { .json(.object([:])) }
}

/// An answer whose members are made where it is made; for shapes that are open, such as `/account_data`.
public struct JSONResponse: EndpointResponse {
    public let value: JSONValue
    public init(_ value: JSONValue) { self.value = value }
    public var payload: Payload { .json(value) }
}

/// An answer that carries stored bytes.
public struct FragmentResponse: EndpointResponse {
    public let fragment: JSONFragment
    public init(_ fragment: JSONFragment) { self.fragment = fragment }
    public var payload: Payload { .fragment(fragment) }
}

/// JSON in the making whose leaves may be bytes that are JSON already; written in the order given.
public indirect enum JSONFragment: Sendable {
    case value(JSONValue)
    /// Complete JSON text of one value.
    case encoded([UInt8])
    case array([JSONFragment])
    case object([(String, JSONFragment)])

    public static func string(_ text: String) -> JSONFragment { .value(.string(text)) }
    public static func integer(_ integer: Int) -> JSONFragment { .value(.integer(integer)) }
    public static func bool(_ bool: Bool) -> JSONFragment { .value(.bool(bool)) }

    /// Appends the text of the value.
    public func append(to bytes: inout [UInt8]) {
        switch self {
        case .value(let value): value.appendBytes(to: &bytes)
        case .encoded(let text): bytes.append(contentsOf: text)
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                element.append(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                JSONValue.string(member.0).appendBytes(to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                member.1.append(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }
}
