import assert from "node:assert/strict"
import { test } from "node:test"
import { linkedParts } from "../../../source/domain/markdown/addresses"
import { linkTo, parseMatrixLink } from "../../../source/domain/markdown/matrixLinks"
import { suspicionOf } from "../../../source/domain/markdown/suspiciousLink"

test("matrix.to links and matrix: addresses say what they name", () => {
  assert.deepEqual(parseMatrixLink("https://matrix.to/#/@ana:x.example"), { kind: "user", userId: "@ana:x.example" })
  assert.deepEqual(parseMatrixLink("https://matrix.to/#/%23a:x.example?via=y.example"), { kind: "room", room: "#a:x.example", via: ["y.example"] })
  assert.deepEqual(parseMatrixLink("https://matrix.to/#/!abc/$ev?via=y.example&via=<bad>"), { kind: "event", room: "!abc", eventId: "$ev", via: ["y.example"] })
  assert.deepEqual(parseMatrixLink("matrix:u/ana:x.example?action=chat"), { kind: "user", userId: "@ana:x.example" })
  assert.deepEqual(parseMatrixLink("matrix:roomid/abc:x.example/e/ev"), { kind: "event", room: "!abc:x.example", eventId: "$ev", via: [] })
  assert.equal(parseMatrixLink("https://matrix.to.evil.example/#/@ana:x.example"), undefined)
  assert.equal(parseMatrixLink("https://matrix.to/#/javascript:alert(1)"), undefined)
  const link = { kind: "event", room: "!a:x.example", eventId: "$b/c", via: ["x.example"] } as const
  assert.deepEqual(parseMatrixLink(linkTo(link)), link)
})

test("links that pretend are found", () => {
  assert.deepEqual(suspicionOf("https://evil.example/x", "https://bank.example/login"), { kind: "other-host", shown: "bank.example", actual: "evil.example" })
  assert.equal(suspicionOf("https://bank.example/x", "bank.example"), undefined)
  assert.equal(suspicionOf("https://www.bank.example/x", "bank.example/y"), undefined)
  assert.equal(suspicionOf("https://x.example", "read README.md"), undefined)
  assert.equal(suspicionOf("https://x.example", "README.md"), undefined)
  assert.equal(suspicionOf("https://xn--pple-43d.com/", "a link")?.kind, "lookalike")
  assert.equal(suspicionOf("https://аpple.com/", "a link")?.kind, "lookalike")
  assert.equal(suspicionOf("https://bank.example@evil.example/", "a")?.kind, "credentials")
  assert.equal(suspicionOf("mailto:a@b.example", "c@d.example"), undefined)
})

test("addresses in plain text are found without the punctuation around them", () => {
  assert.deepEqual(linkedParts("see https://a.example/x, or www.b.example!").map((part) => (part.kind === "address" ? part.href : part.text)), [
    "see ", "https://a.example/x", ", or ", "https://www.b.example", "!",
  ])
})
