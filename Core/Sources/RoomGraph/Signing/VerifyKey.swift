import CSodium

/// An Ed25519 public key that checks signatures.
public struct VerifyKey: Sendable, Hashable {
    /// The 32 bytes of the key.
    public let publicKey: [UInt8]

    /// Nil where the key is not of 32 bytes.
    public init?(publicKey: [UInt8]) {
        guard publicKey.count == 32 else { return nil }
        self.publicKey = publicKey
    }

    /// Nil where the text is not the Base64 of 32 bytes.
    public init?(base64: some StringProtocol) {
        guard let bytes = Base64.decode(base64) else { return nil }
        self.init(publicKey: bytes)
    }

    /// Whether the signature is this key's over these bytes; small-order keys and signatures that are not canonical fail.
    public func verify(signature: [UInt8], of bytes: [UInt8]) -> Bool {
        guard signature.count == 64, Self.isLibraryReady else { return false }
        return crypto_sign_verify_detached(signature, bytes, UInt64(bytes.count), publicKey) == 0
    }

    private static let isLibraryReady = sodium_init() >= 0
}
