import MatrixModel
import Testing

/// Random texts: whatever a generator of trees and a careless printer of them give must come back.
struct JSONPropertyTests {
    @Test(arguments: 0..<8) func `the canonical form of a carelessly printed tree is that of the tree`(seed: UInt64) throws {
        var source = RandomJSON(generator: SeededGenerator(seed: seed))
        for _ in 0..<80 {
            let tree = source.tree(depth: 3)
            let json = try JSON.parse(source.print(tree))
            #expect(json.value == tree)
            let canonical = try json.canonicalBytes()
            #expect(try canonical == tree.canonicalBytes())
            let again = try JSON.parse(canonical)
            #expect(again.value == tree)
            #expect(try again.canonicalBytes() == canonical)
            var copy: [UInt8] = []
            try again.appendCanonical(to: &copy, omitting: ["no such key"])
            #expect(copy == canonical)
            #expect(json.lenientBytes() == canonical)
            #expect(json == again)
        }
    }

    @Test(arguments: 0..<4) func `a text with a changed byte is refused or has a stable canonical form`(seed: UInt64) throws {
        var source = RandomJSON(generator: SeededGenerator(seed: 1000 + seed))
        for _ in 0..<800 {
            var bytes = Array(source.print(source.tree(depth: 2)).utf8)
            let place = Int.random(in: 0..<bytes.count, using: &source.generator)
            bytes[place] = UInt8.random(in: 0...255, using: &source.generator)
            guard let json = try? JSON.parse(bytes) else { continue }
            let lenient = json.lenientBytes()
            #expect(String(validating: lenient, as: UTF8.self) != nil)
            #expect(lenient.count <= bytes.count)
            #expect(try JSON.parse(lenient).lenientBytes() == lenient)
        }
    }
}

private struct RandomJSON {
    var generator: SeededGenerator

    private static let characters: [Character] = Array(
        "abcXYZ019 \"\\/\u{0}\u{1}\u{8}\t\n\u{B}\u{C}\r\u{1F}\u{7F}\u{80}éß€\u{2028}\u{FB33}\u{FFFD}\u{FFFF}😀😂𝕏")
    private static let integers = [0, 1, -1, 9, 10, 1 << 31, 9_007_199_254_740_991, -9_007_199_254_740_991, 1_732_723_200_123]

    mutating func tree(depth: Int) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 5), using: &generator) {
        case 0: .null
        case 1: .bool(Bool.random(using: &generator))
        case 2: .integer(Self.integers.randomElement(using: &generator) ?? 0)
        case 3: .integer(Int.random(in: -100_000...100_000, using: &generator))
        case 4: .string(string())
        case 5: .array((0..<count()).map { _ in tree(depth: depth - 1) })
        default: .object(Dictionary((0..<count()).map { _ in (string(), tree(depth: depth - 1)) }, uniquingKeysWith: { first, _ in first }))
        }
    }

    private mutating func count() -> Int { Int.random(in: 0...(Bool.random(using: &generator) ? 4 : 30), using: &generator) }

    private mutating func string() -> String {
        String((0..<Int.random(in: 0...12, using: &generator)).compactMap { _ in Self.characters.randomElement(using: &generator) })
    }

    /// The tree with white space, members and escapes as they come.
    mutating func print(_ tree: JSONValue) -> String {
        let text =
            switch tree {
            case .null: "null"
            case .bool(let value): value ? "true" : "false"
            case .integer(let value): value == 0 && Bool.random(using: &generator) ? "-0" : "\(value)"
            case .float(let text): text
            case .string(let text): quote(text)
            case .array(let elements): "[" + (elements.isEmpty ? space() : elements.map { print($0) }.joined(separator: ",")) + "]"
            case .object(let members):
                "{"
                    + members.sorted { $0.key < $1.key }.shuffled(using: &generator).map { space() + quote($0.key) + space() + ":" + print($0.value) }
                    .joined(separator: ",") + space() + "}"
            }
        return space() + text + space()
    }

    private mutating func space() -> String {
        ["", "", "", "", "", "", " ", "\t", "\n", "\r\n"].randomElement(using: &generator) ?? ""
    }

    private mutating func quote(_ text: String) -> String {
        var output = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" || scalar == "\\" {
                output += "\\" + String(scalar)
            } else if scalar.value < 0x20 || Int.random(in: 0..<6, using: &generator) == 0 {
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16, uppercase: Bool.random(using: &generator))
                    output += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            } else {
                output += String(scalar)
            }
        }
        return output + "\""
    }
}
