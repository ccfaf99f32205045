/// The texts that are measured.
enum Samples {
    /// A message event of about 1 KB as a server sends it: canonical.
    static let canonical = #"""
        {"auth_events":["$Rqnc-F-dvnEYJTyHq_iKxU2bZ1CI92-kuZq3a5lr5Zg","$CD66HAED5npg6074c6pDtLKalHjVfYb2q4Q3LZgrW6o","$acR1l0raoZnm60CBwAVgqbZqoO_mYU81xysh1u7XcJk"],"content":{"body":"The quick brown fox jumps over the lazy dog, and then it writes to the room about \"everything\" that it saw.","format":"org.matrix.custom.html","formatted_body":"The quick <b>brown</b> fox jumps over the lazy dog, and then it writes to the room about everything.","m.mentions":{"user_ids":["@alice:example.org"]},"msgtype":"m.text"},"depth":18235,"hashes":{"sha256":"5jM4wQpv6lnBo7CLIghJuHdW+s2CMBJPUOGOC89ncos"},"origin_server_ts":1732723200123,"prev_events":["$dUdIDsfXrCrXUvbgpyAPBz2cmZOTxRZgkzpF_9ZmvZo"],"room_id":"!jEsUZKDJdhlrceRyVU:example.org","sender":"@some.user:example.org","signatures":{"example.org":{"ed25519:a_XyZw":"K8280/U9SSy9IVtjBuVeLr+HpOB4BQFWbg+UZaADMtTdGYI7Geitb76LTrr5QV/7Xg4ahLwYGYZzuHGZKM5ZAQ"}},"type":"m.room.message","unsigned":{"age_ts":1732723200123}}
        """#
    /// The same in another order of members, as a client or another implementation writes it.
    static let unordered = #"""
        {"type":"m.room.message","room_id":"!jEsUZKDJdhlrceRyVU:example.org","sender":"@some.user:example.org","content":{"msgtype":"m.text","body":"The quick brown fox jumps over the lazy dog, and then it writes to the room about \"everything\" that it saw.","format":"org.matrix.custom.html","formatted_body":"The quick <b>brown</b> fox jumps over the lazy dog, and then it writes to the room about everything.","m.mentions":{"user_ids":["@alice:example.org"]}},"depth":18235,"hashes":{"sha256":"5jM4wQpv6lnBo7CLIghJuHdW+s2CMBJPUOGOC89ncos"},"origin_server_ts":1732723200123,"prev_events":["$dUdIDsfXrCrXUvbgpyAPBz2cmZOTxRZgkzpF_9ZmvZo"],"auth_events":["$Rqnc-F-dvnEYJTyHq_iKxU2bZ1CI92-kuZq3a5lr5Zg","$CD66HAED5npg6074c6pDtLKalHjVfYb2q4Q3LZgrW6o","$acR1l0raoZnm60CBwAVgqbZqoO_mYU81xysh1u7XcJk"],"unsigned":{"age_ts":1732723200123},"signatures":{"example.org":{"ed25519:a_XyZw":"K8280/U9SSy9IVtjBuVeLr+HpOB4BQFWbg+UZaADMtTdGYI7Geitb76LTrr5QV/7Xg4ahLwYGYZzuHGZKM5ZAQ"}}}
        """#
    /// The same with a space after each colon and comma, as Python's default has it.
    static let spaced = unordered.split(separator: "\":", omittingEmptySubsequences: false).joined(separator: "\": ")
        .split(separator: ",\"", omittingEmptySubsequences: false).joined(separator: ", \"")
    /// A message in Japanese, written as UTF-8.
    static let japanese = #"{"type":"m.room.message","content":{"body":""# + String(repeating: "速い茶色の狐が怠け者の犬を飛び越えた。", count: 18) + #"","msgtype":"m.text"}}"#
    /// The same with each character as an escape.
    static let escaped = japanese.unicodeScalars.map { $0.isASCII ? String($0) : "\\u" + String($0.value, radix: 16) }.joined()
}
