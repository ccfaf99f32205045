public import MatrixModel

/// Publishes the keys of the caller's device (client-server API, "Uploading keys").
public enum UploadKeys: Endpoint {
    public typealias Caller = UserCaller
    /// Older clients name their device in the path.
    public static let route = Route.keys(
        .post, "/keys/upload", further: ["/_matrix/client/v3/keys/upload/{deviceId}"], allowsGuests: true)

    public struct Request: EndpointRequest {
        /// The device's identity keys, an object.
        public let deviceKeys: JSON?
        public let oneTimeKeys: [NamedKey]
        public let fallbackKeys: [NamedKey]

        public init(_ input: RequestInput) throws(MatrixError) {
            let body = try input.optionalBodyObject()
            deviceKeys = try body.optional("device_keys")
            guard deviceKeys?.isObject ?? true else { throw .badJSON("'device_keys' must be an object.") }
            oneTimeKeys = try NamedKey.read("one_time_keys", in: body)
            let fallbackMember = body["fallback_keys"] == nil ? "org.matrix.msc2732.fallback_keys" : "fallback_keys"
            fallbackKeys = try NamedKey.read(fallbackMember, in: body)
        }
    }

    public struct Response: EndpointResponse {
        /// The unclaimed one-time keys of each algorithm.
        public let counts: [String: Int]
        public init(counts: [String: Int]) { self.counts = counts }
        public var payload: Payload { .json(["one_time_key_counts": .object(counts.mapValues(JSONValue.integer))]) }
    }
}

/// A one-time or fallback key as it is uploaded, named `<algorithm>:<key_id>`.
public struct NamedKey: Sendable {
    public let algorithm: String
    public let keyID: String
    /// A string, or an object with `key` and `signatures`.
    public let key: JSON
    /// Longest name, in bytes.
    static let maximumNameBytes = 255

    static func read(_ member: String, in body: JSON) throws(MatrixError) -> [NamedKey] {
        guard let object: JSON = try body.optional(member) else { return [] }
        var keys: [NamedKey] = []
        for (name, key) in try object.table(member, of: JSON.self) {
            let parts = name.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty, name.utf8.count <= maximumNameBytes else {
                throw .badJSON("'\(name)' is not of the form <algorithm>:<key_id>.")
            }
            guard key.string != nil || key["key"]?.string != nil else { throw .badJSON("'\(name)' is not a key.") }
            keys.append(NamedKey(algorithm: String(parts[0]), keyID: String(parts[1]), key: key))
        }
        return keys
    }
}
