/// One step of the schema; frozen once published.
public struct Migration: Sendable {
    /// Its place in the order, from 1 without gaps.
    public let number: Int
    public let name: String
    /// What it runs, in order, one statement each.
    public let statements: [String]

    public init(number: Int, name: String, statements: [String]) {
        self.number = number
        self.name = name
        self.statements = statements
    }

    /// A checksum of the statements (64-bit FNV-1a, as 16 hexadecimal digits), by which a change of a published migration is found.
    public var checksum: String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for statement in statements {
            for byte in statement.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
            // A byte that no text contains, so that moving a statement's border changes the sum.
            hash = (hash ^ 0xff) &* 0x100_0000_01b3
        }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
