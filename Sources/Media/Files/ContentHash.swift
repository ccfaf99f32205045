/// The SHA-256 of content, by which its file is named.
struct ContentHash: Hashable, Sendable {
    private static let count = 32

    let bytes: [UInt8]

    init(bytes: [UInt8]) { self.bytes = bytes }

    /// Nil where it is not the hexadecimal text of a hash.
    init?(hex: String) {
        let digits = Array(hex.utf8)
        guard digits.count == ContentHash.count * 2 else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let byte = UInt8(String(decoding: digits[index..<index + 2], as: UTF8.self), radix: 16) else { return nil }
            bytes.append(byte)
        }
        self.bytes = bytes
    }

    var hex: String {
        var text: [UInt8] = []
        for byte in bytes {
            text.append(ContentHash.digits[Int(byte >> 4)])
            text.append(ContentHash.digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static let digits = Array("0123456789abcdef".utf8)
}
