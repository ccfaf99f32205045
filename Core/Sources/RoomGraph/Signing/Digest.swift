import Crypto

/// SHA-256 over bytes in memory.
public enum Digest {
    /// The 32 bytes of SHA-256.
    public static func sha256(_ bytes: [UInt8]) -> [UInt8] {
        var hasher = SHA256()
        bytes.withUnsafeBytes { hasher.update(bufferPointer: $0) }
        return Array(hasher.finalize())
    }

    /// SHA-1, which state resolution of room version 1 breaks ties with.
    static func sha1(_ text: String) -> [UInt8] {
        var hasher = Insecure.SHA1()
        Array(text.utf8).withUnsafeBytes { hasher.update(bufferPointer: $0) }
        return Array(hasher.finalize())
    }
}
