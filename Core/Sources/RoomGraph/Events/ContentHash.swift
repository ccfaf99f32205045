public import MatrixModel

/// The hash over an event's whole content (server-server API, "Calculating the content hash for an event").
public enum ContentHash {
    /// Members that the hash does not cover.
    static let uncovered = ["hashes", "signatures", "unsigned"]

    /// SHA-256 of the event without its hashes, signatures and unsigned data.
    public static func compute(_ json: JSON) -> [UInt8] {
        var bytes: [UInt8] = []
        json.appendLenient(to: &bytes, omitting: uncovered)
        return Digest.sha256(bytes)
    }

    /// Whether the event's `hashes.sha256` is its content hash. Where it is not, the event is to be redacted before anything else.
    public static func matches(_ event: Event) -> Bool { matches(event.json) }

    /// Whether the event's `hashes.sha256` is its content hash.
    public static func matches(_ json: JSON) -> Bool {
        guard let claimed = json["hashes"]?["sha256"]?.string.flatMap({ Base64.decode($0) }) else { return false }
        return claimed == compute(json)
    }
}
