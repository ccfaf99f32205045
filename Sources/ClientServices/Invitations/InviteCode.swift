import Database

/// The end of an invite link: ten letters and digits that are not mistaken for each other, about 58 bits of chance.
enum InviteCode {
    static let length = 10
    private static let alphabet = [UInt8]("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".utf8)

    /// A new code.
    static func make(_ environment: Environment) -> String {
        var text: [UInt8] = []
        while text.count < length {
            // 232 is the largest multiple of 58 in a byte: larger bytes are dropped, or the first characters would come more often.
            for byte in environment.randomBytes(length) where byte < 232 && text.count < length { text.append(alphabet[Int(byte) % alphabet.count]) }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Whether a text could be a code.
    static func isPlausible(_ text: String) -> Bool { text.utf8.count == length && text.utf8.allSatisfy { alphabet.contains($0) } }
}
