import MatrixModel
import Testing

struct JSONTests {
    private let event: JSON

    init() throws {
        event = try JSON.parse(
            #"""
            {"type":"m.room.message","content":{"body":"a \"b\" \u00e9\ud83d\ude00\/","n":null,"t":true,"f":false,"x":[1,-5,{"y":[]},"z"]},
            "depth":12,"float":1.50,"wide":9007199254740992}
            """#)
    }

    @Test func `members are found by name`() {
        #expect(event["type"]?.string == "m.room.message")
        #expect(event["content"]?["body"]?.string == "a \"b\" é😀/")
        #expect(event["depth"]?.integer == 12)
        #expect(event["content"]?["t"]?.bool == true)
        #expect(event["content"]?["f"]?.bool == false)
        #expect(event["content"]?["n"]?.isNull == true)
        #expect(event["absent"] == nil)
        #expect(event["typ"] == nil)
        #expect(event["type"]?["x"] == nil)
        #expect(event[0] == nil)
    }

    @Test func `elements are found by position`() throws {
        let list = try #require(event["content"]?["x"])
        #expect(list.count == 4)
        #expect(list[1]?.integer == -5)
        #expect(list[2]?["y"]?.isArray == true)
        #expect(list[3]?.string == "z")
        #expect(list[4] == nil)
        #expect(list[-1] == nil)
        #expect(list.elements.map(\.kind) == [.integer, .integer, .object, .string])
        #expect(list["x"] == nil)
    }

    @Test func `members come in source order`() {
        #expect(event.members.map(\.key) == ["type", "content", "depth", "float", "wide"])
        #expect(event.members.map(\.value.kind) == [.string, .object, .integer, .float, .float])
        #expect(Array(event.elements).isEmpty)
        #expect(event["depth"].map { Array($0.members).isEmpty } == true)
    }

    @Test func `accessors of another kind give nothing`() throws {
        let depth = try #require(event["depth"])
        #expect(depth.string == nil)
        #expect(depth.bool == nil)
        #expect(!depth.isNull)
        #expect(depth.count == 0)
        #expect(event["type"]?.integer == nil)
        #expect(event["type"]?.count == 0)
    }

    @Test func `an integer is one only within the canonical range`() throws {
        for (text, value) in [
            ("0", 0), ("-1", -1), ("9007199254740991", 9_007_199_254_740_991), ("-9007199254740991", -9_007_199_254_740_991), ("-0", 0),
        ] {
            #expect(try JSON.parse(text).integer == value)
            #expect(try JSON.parse(text).kind == .integer)
        }
        for text in ["9007199254740992", "-9007199254740992", "1.0", "1e2", "1E+2", "0.5", "99999999999999999999", "18446744073709551617"] {
            #expect(try JSON.parse(text).kind == .float, "\(text)")
            #expect(try JSON.parse(text).integer == nil)
            #expect(try JSON.parse(text).numberText == text)
        }
        for text in ["01", "-", "-01", "+1", ".5", "1.", "1e", "1e+", "0x1", "1_000", "NaN", "Infinity", "--1", "00"] {
            #expect((try? JSON.parse(text)) == nil, "\(text)")
        }
    }

    @Test func `wide integers of old rooms are read up to 64 bits`() throws {
        #expect(try JSON.parse("9223372036854775807").wideInteger == .max)
        #expect(try JSON.parse("-9223372036854775808").wideInteger == .min)
        #expect(try JSON.parse("9223372036854775808").wideInteger == nil)
        #expect(try JSON.parse("17").wideInteger == 17)
        #expect(try JSON.parse("1.0").wideInteger == nil)
        #expect(try JSON.parse("\"1\"").wideInteger == nil)
    }

    @Test func `strings are compared by their characters' bytes`() throws {
        #expect(try JSON.parse(#""join""#).equals("join"))
        #expect(try JSON.parse(#""j\u006fin""#).equals("join"))
        #expect(try !JSON.parse(#""joi""#).equals("join"))
        #expect(try !JSON.parse(#""joint""#).equals("join"))
        #expect(try !JSON.parse("\"\u{E9}\"").equals("e\u{301}"))
        #expect(try !JSON.parse("12").equals("12"))
        let computed = "jo" + String(repeating: "i", count: 1) + "n"
        #expect(try JSON.parse(#""join""#).equals(computed))
    }

    @Test func `keys with escapes are found`() throws {
        let json = try JSON.parse(#"{"\u0061b":1,"c\/d":2,"\ud83d\ude00":3,"q\"":4}"#)
        #expect(json["ab"]?.integer == 1)
        #expect(json["c/d"]?.integer == 2)
        #expect(json["😀"]?.integer == 3)
        #expect(json["q\""]?.integer == 4)
        #expect(json.members.map(\.key) == ["ab", "c/d", "😀", "q\""])
    }

    @Test func `raw bytes are the source of the value`() {
        #expect(event["content"]?["x"].map { text($0.rawBytes) } == #"[1,-5,{"y":[]},"z"]"#)
        #expect(event["float"].map { text($0.rawBytes) } == "1.50")
    }

    @Test func `numbers of canonical form are told apart from others at any depth`() throws {
        for (text, expected) in [
            ("{}", true), (#"{"a":[1,{"b":-1}]}"#, true), (#"{"a":[1,{"b":1.5}]}"#, false), (#"{"a":[1,{"b":-0}],"c":1}"#, false),
            ("[[9007199254740992],1]", false), ("[1e5]", false), (#"["1.5"]"#, true), ("1.0", false), ("[[1.5],[2]]", false),
            (#"{"a":{"b":{}},"c":2}"#, true),
        ] {
            #expect(try JSON.parse(text).hasOnlyCanonicalNumbers == expected, "\(text)")
        }
        #expect(try JSON.parse("[[1.5],[2]]")[1]?.hasOnlyCanonicalNumbers == true)
    }

    @Test func `a value becomes a tree and back`() throws {
        let tree: JSONValue = ["a": [1, true, nil, "x\n"], "b": ["c": .float("1.50")], "": "é"]
        #expect(JSON(tree).value == tree)
        #expect(text(tree.bytes()) == #"{"":"é","a":[1,true,null,"x\n"],"b":{"c":1.50}}"#)
        #expect(event.value["content"]?["x"] == [1, -5, ["y": []], "z"])
    }

    @Test func `equality is that of the canonical form`() throws {
        #expect(try JSON.parse(#"{"a":1, "b":[ "\u0061" ]}"#) == JSON.parse(#"{"b":["a"],"a":1}"#))
        #expect(try JSON.parse(#"{"a":1}"#) != JSON.parse(#"{"a":2}"#))
        #expect(try JSON.parse("1.0") != JSON.parse("1"))
    }
}
