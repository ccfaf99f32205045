/// Path and query of a request, percent-encoded as they are put together.
struct RequestTarget: Sendable, CustomStringConvertible {
    private(set) var description: String
    private var hasQuery = false

    /// A path as it is, such as `/_matrix/federation/v1/backfill`, then further segments, which are encoded.
    init(_ path: StaticString, _ segments: any CustomStringConvertible...) {
        description = "\(path)"
        for segment in segments { description += "/" + RequestTarget.encode(segment.description) }
    }

    /// The target with a query item more.
    func query(_ name: StaticString, _ value: some CustomStringConvertible) -> RequestTarget {
        var target = self
        target.description += (hasQuery ? "&" : "?") + "\(name)=" + RequestTarget.encode(value.description)
        target.hasQuery = true
        return target
    }

    /// All but the unreserved characters of RFC 3986, as `%XX` of their UTF-8.
    static func encode(_ text: String) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count + 16)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
                bytes.append(byte)
            default:
                bytes.append(UInt8(ascii: "%"))
                bytes.append(hexDigits[Int(byte >> 4)])
                bytes.append(hexDigits[Int(byte & 15)])
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static let hexDigits = Array("0123456789ABCDEF".utf8)
}
