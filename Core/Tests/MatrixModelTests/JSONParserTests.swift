import MatrixModel
import Testing

struct JSONParserTests {
    private static let suite = "json/JSONTestSuite/test_parsing"

    /// Valid JSON that servers read in different ways, and that this parser refuses for that.
    private static let refusedThoughValid: Set = ["y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"]

    /// What the suite leaves open, and is accepted here: numbers keep their text, whatever their size. The rest of it is refused.
    private static let acceptedOfOpen: Set = [
        "i_number_double_huge_neg_exp.json", "i_number_huge_exp.json", "i_number_neg_int_huge_exp.json", "i_number_pos_double_huge_exp.json",
        "i_number_real_neg_overflow.json", "i_number_real_pos_overflow.json", "i_number_real_underflow.json", "i_number_too_big_neg_int.json",
        "i_number_too_big_pos_int.json", "i_number_very_big_negative_int.json",
    ]

    @Test func `the public suite is answered as it asks`() throws {
        let names = try TestData.names(in: Self.suite)
        #expect(names.count == 318)
        for name in names {
            let bytes = try TestData.bytes("\(Self.suite)/\(name)")
            let expected =
                switch name.prefix(2) {
                case "y_": !Self.refusedThoughValid.contains(name)
                case "n_": false
                default: Self.acceptedOfOpen.contains(name)
                }
            #expect(((try? JSON.parse(bytes)) != nil) == expected, "\(name)")
        }
    }

    @Test func `numbers of the transformation suite keep their text`() throws {
        let folder = "json/JSONTestSuite/test_transform"
        for name in try TestData.names(in: folder) where name.hasPrefix("number_") {
            let bytes = try TestData.bytes("\(folder)/\(name)")
            let number = try #require(JSON.parse(bytes)[0])
            let source = text(bytes).filter { !"[]\n".contains($0) }
            #expect(number.numberText == source)
            #expect(number.kind == (name == "number_1000000000000000.json" ? .integer : .float))
        }
    }

    @Test func `keys that differ in Unicode normal form alone are two keys`() throws {
        let bytes = try TestData.bytes("json/JSONTestSuite/test_transform/object_key_nfc_nfd.json")
        let json = try JSON.parse(bytes)
        #expect(json.count == 2)
        #expect(json["\u{E9}"]?.string == "NFC")
        #expect(json["e\u{301}"]?.string == "NFD")
    }

    @Test func `a key that occurs twice is refused, however it is spelt`() {
        #expect(throws: JSONError.duplicateKey(offset: 7)) { try JSON.parse(#"{"a":1,"a":2}"#) }
        #expect(throws: JSONError.duplicateKey(offset: 13)) { try JSON.parse(#"{"b":1,"a":2,"b":3}"#) }
        #expect(throws: JSONError.duplicateKey(offset: 7)) { try JSON.parse(#"{"a":1,"\u0061":2}"#) }
        #expect(throws: JSONError.duplicateKey(offset: 12)) { try JSON.parse(#"{"\u0061":1,"a":2}"#) }
        #expect(throws: JSONError.duplicateKey(offset: 23)) { try JSON.parse(#"{"x":{"b":1,"c":[{}]}, "x":2}"#) }
        #expect(throws: JSONError.duplicateKey(offset: 14)) { try JSON.parse(#"{"a":[{"b":1, "b":1}]}"#) }
        #expect(throws: JSONError.duplicateKey(offset: 6)) { try JSON.parse(#"{"":1,"":2}"#) }
    }

    @Test(arguments: [31, 32, 33, 64, 500]) func `the one repeated key among many is found wherever it stands`(count: Int) throws {
        var generator = SeededGenerator(seed: UInt64(count))
        for _ in 0..<40 {
            var keys = (0..<count).map { "key\($0 &* 7919 % 1009)-\($0)" }.shuffled(using: &generator)
            let object = { "{" + keys.map { "\"\($0)\":{\"n\":[1]}" }.joined(separator: ",") + "}" }
            #expect(try JSON.parse(object()).count == count)
            let first = Int.random(in: 0..<count, using: &generator)
            var second = first
            while second == first { second = Int.random(in: 0..<count, using: &generator) }
            keys[second] = keys[first]
            #expect { try JSON.parse(object()) } throws: {
                if case JSONError.duplicateKey = $0 { true } else { false }
            }
        }
    }

    @Test func `half a surrogate pair is refused`() {
        for text in [#"["\ud800"]"#, #"["\udc00"]"#, #"["\ud800\ud800"]"#, #"["\ud800x"]"#, #"["\ud800\n"]"#, #"{"\udfaa":0}"#, #"[ "\uDBFF"#] {
            let offset = text.utf8.prefix { $0 != UInt8(ascii: "\\") }.count
            #expect(throws: JSONError.loneSurrogate(offset: offset)) { try JSON.parse(text) }
        }
        #expect(throws: Never.self) { try JSON.parse(#"["\ud83d\ude00"]"#) }
    }

    @Test func `bytes that are not UTF-8 are refused with their place`() {
        let sequences: [[UInt8]] = [
            [0x80], [0xBF], [0xC0, 0xAF], [0xC1, 0x81], [0xC3], [0xE0, 0x9F, 0xBF], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF0, 0x8F, 0xBF, 0xBF],
            [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xE2, 0x28, 0xA1], [0xF0, 0x9F, 0x98], [0xF0, 0x9F, 0x28, 0x80],
        ]
        for sequence in sequences {
            for lead in 0..<9 {
                let bytes = [UInt8(ascii: "\"")] + Array(repeating: UInt8(ascii: "x"), count: lead) + sequence + [UInt8(ascii: "\"")]
                #expect(throws: JSONError.invalidUTF8(offset: 1 + lead)) { try JSON.parse(bytes) }
            }
        }
    }

    @Test func `a text that ends anywhere too early is refused`() throws {
        let whole = Array(#"{"a":[1,-2.5e3,true,null,"é\u00e9\\"],"b":{"c":false,"😀":[{}]}}"#.utf8)
        #expect(throws: Never.self) { try JSON.parse(whole) }
        for length in 0..<whole.count { #expect((try? JSON.parse(Array(whole[..<length]))) == nil, "\(length)") }
    }

    @Test func `bytes after the value are refused, white space is not`() throws {
        #expect(try JSON.parse(" \t\r\n{ } \n").count == 0)
        #expect(throws: JSONError.syntax(offset: 3)) { try JSON.parse("{} {}") }
        #expect(throws: JSONError.syntax(offset: 1)) { try JSON.parse("1]") }
        #expect(throws: JSONError.syntax(offset: 2)) { try JSON.parse("[],") }
        #expect(throws: JSONError.syntax(offset: 0)) { try JSON.parse([0xEF, 0xBB, 0xBF] + Array("{}".utf8)) }
        #expect(throws: JSONError.syntax(offset: 2)) { try JSON.parse([0x5B, 0x5D, 0x00]) }
    }

    @Test func `trailing and missing commas are refused`() {
        for text in [
            "[1,]", "[,1]", "[,]", "[1 2]", #"{"a":1,}"#, #"{,"a":1}"#, #"{"a" 1}"#, #"{"a":}"#, #"{"a"}"#, "{1:2}", "[1}", #"{"a":1]"#, "[[],]",
            "[{},]",
        ] {
            #expect((try? JSON.parse(text)) == nil, "\(text)")
        }
    }

    @Test func `nesting is accepted up to the limit and refused beyond`() throws {
        let nested = { (depth: Int) in String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
        #expect(try JSON.parse(nested(100)).canonicalBytes() == Array(nested(100).utf8))
        #expect(throws: JSONError.depth) { try JSON.parse(nested(101)) }
        #expect(throws: JSONError.depth) { try JSON.parse(String(repeating: "[", count: 1_000_000)) }
        #expect(throws: JSONError.depth) { try JSON.parse(String(repeating: #"{"a":"#, count: 1_000_000)) }
        let siblings = "[" + Array(repeating: nested(99), count: 500).joined(separator: ",") + "]"
        #expect(try JSON.parse(siblings).count == 500)
    }

    @Test func `a text over the limit of bytes is refused unread`() {
        #expect(throws: JSONError.size) { try JSON.parse(Array(repeating: 0x20, count: 65_537), limits: .event) }
        #expect(throws: Never.self) { try JSON.parse("\"" + String(repeating: "x", count: 65_534) + "\"", limits: .event) }
    }

    @Test(.timeLimit(.minutes(1)), arguments: [false, true]) func `an object of very many keys is parsed, checked and sorted in time`(escaped: Bool)
        throws
    {
        let count = 200_000
        let keys = (0..<count).map { "\(escaped ? "\\u0061" : "a")\(($0 &* 48_271) % 2_147_483_647)" }
        let json = try JSON.parse("{" + keys.map { "\"\($0)\":0" }.joined(separator: ",") + "}")
        #expect(json.count == count)
        let canonical = try JSON.parse(json.canonicalBytes())
        #expect(canonical.count == count)
        var last = ""
        for member in canonical.members {
            #expect(last < member.key)
            last = member.key
        }
    }
}
