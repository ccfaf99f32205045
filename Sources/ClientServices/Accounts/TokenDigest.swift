import Crypto

/// The SHA-256 of a token: what is stored and looked up, so that the database's reader cannot log in.
struct TokenDigest: Hashable, Sendable {
    let bytes: [UInt8]

    init(_ token: String) {
        var hash = SHA256()
        var text = token
        text.withUTF8 { hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
        bytes = Array(hash.finalize())
    }
}

extension TokenDigest {
    /// The first 64 bits: the token's number in logs and callers, of which the token cannot be computed.
    var number: Int64 { bytes.prefix(8).reduce(0) { $0 << 8 | Int64($1) } }
}
