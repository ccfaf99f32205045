/// A body that is there in several encodings, of which the gateway sends the first that the client takes (RFC 9110, 12.5.3), or 304 where
/// the client has it already.
public struct Representations: Sendable {
    /// One form of the body.
    public struct Variant: Sendable {
        /// The content coding, as `Accept-Encoding` names it; nil for the bytes as they are.
        public let encoding: String?
        /// A strong validator with its quotes, different for each encoding.
        public let entityTag: String
        /// The bytes; nil where they are gone.
        public let open: @Sendable () -> ByteSource?

        public init(encoding: String?, entityTag: String, open: @escaping @Sendable () -> ByteSource?) {
            self.encoding = encoding
            self.entityTag = entityTag
            self.open = open
        }
    }

    /// The preferred first; the bytes as they are last.
    public let variants: [Variant]

    public init(_ variants: [Variant]) { self.variants = variants }

    /// A body that exists in memory and in one form.
    public init(bytes: [UInt8], entityTag: String) {
        variants = [
            Variant(encoding: nil, entityTag: entityTag) {
                ByteSource(count: bytes.count) { offset, count in Array(bytes[offset..<min(offset + count, bytes.count)]) }
            }
        ]
    }

    /// The bytes as they are, for who cannot negotiate.
    var plain: [UInt8] {
        guard let source = variants.last?.open() else { return [] }
        return (try? source.read(0, source.count)) ?? []
    }
}
