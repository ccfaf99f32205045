import MatrixAPI
import MatrixModel
import Testing

struct JSONFragmentTests {
    private func text(_ fragment: JSONFragment) -> String {
        var bytes: [UInt8] = []
        fragment.append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `stored bytes are spliced in as they are`() {
        let event = Array(#"{"type":"m.room.message","content":{"n":1}}"#.utf8)
        let fragment = JSONFragment.object([("events", .array([.encoded(event), .value(["a": nil])])), ("next", .string("s\"1"))])
        #expect(text(fragment) == #"{"events":[{"type":"m.room.message","content":{"n":1}},{"a":null}],"next":"s\"1"}"#)
    }

    @Test func `empty containers are written`() {
        #expect(text(.array([])) == "[]")
        #expect(text(.object([])) == "{}")
    }
}
