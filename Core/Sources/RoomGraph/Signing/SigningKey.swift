import Crypto

/// An Ed25519 key that a server signs with.
public struct SigningKey: Sendable, CustomStringConvertible {
    /// The length of a seed, in bytes.
    public static let seedBytes = 32

    /// The signing key identifier, such as `ed25519:abc`.
    public let keyID: String
    /// The 32 bytes of the public key.
    public let publicKey: [UInt8]
    private let key: Curve25519.Signing.PrivateKey

    /// - Precondition: the seed is of `seedBytes` bytes; whoever reads one from a file or a database checks that first.
    public init(seed: [UInt8], id: String) {
        precondition(seed.count == Self.seedBytes, "An Ed25519 seed has 32 bytes.")
        // Any 32 bytes are a seed (RFC 8032, 5.1.5); the initialiser fails on other lengths only.
        key = try! Curve25519.Signing.PrivateKey(rawRepresentation: seed)
        keyID = id
        publicKey = Array(key.publicKey.rawRepresentation)
    }

    /// The public key in unpadded Base64, as it is published.
    public var publicKeyBase64: String { Base64.encode(publicKey) }

    /// The 64 bytes of the signature over these bytes.
    public func sign(_ bytes: [UInt8]) -> [UInt8] {
        // BoringSSL's Ed25519 signing of bytes in memory has no failure; an empty signature, which verifies nowhere, stands for one.
        guard let signature = try? key.signature(for: bytes) else { return [] }
        return Array(signature)
    }

    /// The key's identifier; the secret never reaches a log line.
    public var description: String { "SigningKey(\(keyID))" }
}
