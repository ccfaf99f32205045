/// The SHA-256 of content, by which its file is named.
struct ContentHash: Hashable, Sendable {
    let bytes: [UInt8]

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
