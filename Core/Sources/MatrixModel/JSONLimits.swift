/// Bounds of one parse; input from the network always has them.
public struct JSONLimits: Hashable, Sendable {
    /// Longest input, in bytes; values over `JSONLimits.ceiling` act as that.
    public var maximumBytes: Int
    /// Deepest nesting of arrays and objects.
    public var maximumDepth: Int

    public init(maximumBytes: Int, maximumDepth: Int) {
        self.maximumBytes = maximumBytes
        self.maximumDepth = maximumDepth
    }

    /// The longest document that a tape can address: 256 MiB less one byte.
    public static let ceiling = JSONNode.maximumOffset
    /// A request or response body: 64 MiB, 100 levels.
    public static let standard = JSONLimits(maximumBytes: 64 << 20, maximumDepth: 100)
    /// One PDU: 65,536 bytes (client-server API, "Size limits"), 100 levels.
    public static let event = JSONLimits(maximumBytes: 65_536, maximumDepth: 100)
}
