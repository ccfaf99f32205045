import MatrixModel
import Testing

struct MatrixErrorTests {
    @Test func `the body carries code, text and further members`() {
        let error = MatrixError(429, .limitExceeded, "Slow down.", extra: ["retry_after_ms": 2000])
        #expect(text(error.body.bytes()) == #"{"errcode":"M_LIMIT_EXCEEDED","error":"Slow down.","retry_after_ms":2000}"#)
    }

    @Test func `the first answer of user-interactive authentication has no code`() {
        let error = MatrixError(401, .forbidden, "", extra: ["session": "x"], omitsCode: true)
        #expect(text(error.body.bytes()) == #"{"session":"x"}"#)
    }
}
