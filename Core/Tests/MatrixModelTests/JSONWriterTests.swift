import MatrixModel
import Testing

struct JSONWriterTests {
    private func vectors(_ path: String, _ list: String) throws -> [JSON] {
        let vectors = try #require(JSON.parse(TestData.bytes(path))[list])
        #expect(vectors.count > 0)
        return Array(vectors.elements)
    }

    @Test func `the specification's examples come out as it prints them`() throws {
        for vector in try vectors("matrix-events/spec-appendices/vectors.json", "canonical_json") {
            let input = try #require(vector["input"]?.string)
            let expected = try #require(vector["canonical"]?.string)
            let json = try JSON.parse(input)
            if input.contains("1e10") {
                // The example turns 1e10 into an integer, against its own "float values are not permitted"; it is refused, as other servers do.
                #expect(throws: JSONError.float) { try json.canonicalBytes() }
                #expect(text(json.lenientBytes()) == expected.replacing("10000000000", with: "1e10"))
            } else {
                #expect(try text(json.canonicalBytes()) == expected)
            }
        }
    }

    @Test func `the vectors of other servers come out the same`() throws {
        for vector in try vectors("matrix-events/python-canonicaljson/canonical_vectors.json", "convert") {
            let input = try #require(vector["input"]?.string)
            let expected = try #require(vector["canonical"]?.string)
            let json = try JSON.parse(input)
            #expect(try text(json.canonicalBytes()) == expected)
            #expect(text(json.lenientBytes()) == expected)
            #expect(try text(json.value.canonicalBytes()) == expected)
        }
    }

    @Test func `what strict rooms refuse is told, and negative zero is written as zero`() throws {
        for vector in try vectors("matrix-events/python-canonicaljson/canonical_vectors.json", "strict_reject_v6") {
            let json = try JSON.parse(try #require(vector["input"]?.string))
            #expect(!json.hasOnlyCanonicalNumbers)
            switch vector["why"]?.string ?? "" {
            case let why where why.hasPrefix("negative zero"): #expect(try text(json.canonicalBytes()) == #"{"a":0}"#)
            case let why where why.hasPrefix("out of range"): #expect(throws: JSONError.integerRange) { try json.canonicalBytes() }
            default: #expect(throws: JSONError.float) { try json.canonicalBytes() }
            }
        }
    }

    @Test func `what servers would read differently is not parsed`() throws {
        for vector in try vectors("matrix-events/python-canonicaljson/canonical_vectors.json", "ambiguous") {
            let input = try #require(vector["input"]?.string)
            #expect((try? JSON.parse(input)) == nil, "\(input)")
        }
    }

    @Test(arguments: ["arrays", "french", "unicode"]) func `RFC 8785's examples without floats come out the same`(name: String) throws {
        let json = try JSON.parse(TestData.bytes("json/jcs-rfc8785/testdata/input/\(name).json"))
        #expect(try json.canonicalBytes() == TestData.bytes("json/jcs-rfc8785/testdata/output/\(name).json"))
    }

    @Test func `RFC 8785's order differs only beyond the basic plane`() throws {
        let json = try JSON.parse(TestData.bytes("json/jcs-rfc8785/testdata/input/weird.json"))
        let keys = try JSON.parse(json.canonicalBytes()).members.map(\.key)
        #expect(keys == ["\n", "\r", "1", "</script>", "\u{80}", "ö", "€", "\u{FB33}", "😂"])
        let theirs = try JSON.parse(TestData.bytes("json/jcs-rfc8785/testdata/output/weird.json"))
        #expect(theirs.members.map(\.key) == ["\n", "\r", "1", "</script>", "\u{80}", "ö", "€", "😂", "\u{FB33}"])
        #expect(try theirs.canonicalBytes() == json.canonicalBytes())
    }

    @Test func `RFC 8785's examples with floats are refused, and kept by the lenient form`() throws {
        for name in ["structures", "values"] {
            let json = try JSON.parse(TestData.bytes("json/jcs-rfc8785/testdata/input/\(name).json"))
            #expect(throws: JSONError.float) { try json.canonicalBytes() }
        }
        let structures = try JSON.parse(TestData.bytes("json/jcs-rfc8785/testdata/input/structures.json"))
        #expect(
            text(structures.lenientBytes())
                == #"{"":"empty","1":{"\n":56.0,"f":{"F":5,"f":"hi"}},"10":{},"111":[{"E":"no","e":"yes"}],"A":{},"a":{}}"#)
    }

    @Test func `naughty strings survive as value, as key and as tree`() throws {
        let list = try JSON.parse(TestData.bytes("blns.json"))
        #expect(list.count == 515)
        for string in list.elements {
            let characters = try #require(string.string)
            let canonical = try string.canonicalBytes()
            #expect(try JSON.parse(canonical).string?.utf8.elementsEqual(characters.utf8) == true)
            #expect(JSONValue.string(characters).bytes() == canonical)
            let object = try JSON.parse("{\"z\":1,\(text(canonical)):[\(text(string.rawBytes))],\"\(characters.isEmpty ? "y" : "")\":2}")
            #expect(object[characters]?[0]?.string == characters)
            #expect(try JSON.parse(object.canonicalBytes())[characters]?[0]?.string == characters)
        }
    }

    @Test func `a canonical text is given back as it is`() throws {
        let source = #"{"a":[{"b":"\u0001\n\"\\é","c":-12}],"d":{},"é":null}"#
        #expect(try text(JSON.parse(source).canonicalBytes()) == source)
        #expect(try text(JSON.parse(source)["a"]?.canonicalBytes() ?? []) == #"[{"b":"\u0001\n\"\\é","c":-12}]"#)
        #expect(try text(JSON.parse(" \(source)\n").canonicalBytes()) == source)
    }

    @Test func `each departure from the canonical form is mended`() throws {
        for (source, expected) in [
            (#"{ "a":1}"#, #"{"a":1}"#), (#"{"a" :1}"#, #"{"a":1}"#), (#"{"a": 1}"#, #"{"a":1}"#), (#"{"a":1 }"#, #"{"a":1}"#),
            (#"{"a":1, "b":2}"#, #"{"a":1,"b":2}"#), ("[1 ,2]", "[1,2]"), ("[ ]", "[]"), ("{ }", "{}"), ("[[ 1],2]", "[[1],2]"),
            (#"{"b":1,"a":2}"#, #"{"a":2,"b":1}"#), (#"[{"b":1,"a":{"d":1,"c":2}}]"#, #"[{"a":{"c":2,"d":1},"b":1}]"#), (#"["\u000A"]"#, #"["\n"]"#),
            (#"["\u001F\u001f"]"#, #"["\u001f\u001f"]"#), (#"["\u000B"]"#, #"["\u000b"]"#), (#"["\u0000"]"#, #"["\u0000"]"#), (#"["\/"]"#, #"["/"]"#),
            (#"["\u007F"]"#, "[\"\u{7F}\"]"), (#"{"\u0062":1,"a":2}"#, #"{"a":2,"b":1}"#), (#"{"a":1,"\n":2}"#, #"{"\n":2,"a":1}"#), ("[-0]", "[0]"),
            (#"{"ab":1,"a":2,"":3}"#, #"{"":3,"a":2,"ab":1}"#), (#"{"a!":1,"a":2,"a\u0000":3}"#, #"{"a":2,"a\u0000":3,"a!":1}"#),
            (#"{"abcdefgh2":1,"abcdefgh10":2,"abcdefgh":3}"#, #"{"abcdefgh":3,"abcdefgh10":2,"abcdefgh2":1}"#),
        ] {
            #expect(try text(JSON.parse(source).canonicalBytes()) == expected)
        }
    }

    @Test func `members are left out at the top level alone`() throws {
        for source in [
            #"{"a":{"unsigned":1},"signatures":{},"type":"x","unsigned":{}}"#, #"{ "unsigned":{},"type":"x","signatures":{},"a":{"unsigned":1}}"#,
            #"{"\u0075nsigned":{},"type":"x","signatures":{},"a":{"unsigned":1}}"#,
        ] {
            let json = try JSON.parse(source)
            var output = Array("<".utf8)
            try json.appendCanonical(to: &output, omitting: ["signatures", "unsigned", "absent"])
            #expect(text(output) == #"<{"a":{"unsigned":1},"type":"x"}"#)
            output = []
            json.appendLenient(to: &output, omitting: ["a", "type", "signatures", "unsigned"])
            #expect(text(output) == "{}")
        }
    }

    @Test func `the canonical document stands alone`() throws {
        let outer = try JSON.parse(#"{"pdus":[{"b":1,"a":"\u00e9"}]}"#)
        let canonical = try #require(outer["pdus"]?[0]).canonicalized()
        #expect(text(canonical.rawBytes) == #"{"a":"é","b":1}"#)
        #expect(canonical["a"]?.string == "é")
        #expect(throws: JSONError.float) { try JSON.parse("[1.0]").canonicalized() }
    }

    @Test func `a tree is written in canonical form, and refused with numbers that have none`() throws {
        #expect(
            try text((["b": [1, .integer(-5)], "a": "\u{1}\"/é", "\u{FB33}": true, "😂": nil] as JSONValue).canonicalBytes())
                == "{\"a\":\"\\u0001\\\"/é\",\"b\":[1,-5],\"\u{FB33}\":true,\"😂\":null}")
        #expect(throws: JSONError.float) { try (["a": [.float("1.0")]] as JSONValue).canonicalBytes() }
        #expect(throws: JSONError.integerRange) { try JSONValue.integer(1 << 53).canonicalBytes() }
        #expect(try JSONValue.integer(1 - 1 << 53).canonicalBytes() == Array("-9007199254740991".utf8))
    }
}
