public import Federation
public import MatrixModel

/// What keys ask of other servers; the wiring fills it in with Federation, and leaves it `unreachable` where federation is off.
public struct RemoteKeys: Sendable {
    /// The answer of `GET …/user/devices/{userId}`.
    public var devices: @Sendable (_ user: UserID) async throws -> JSON
    /// The answer of `POST …/user/keys/query`.
    public var query: @Sendable (_ server: ServerName, _ body: JSONValue) async throws -> JSON
    /// The answer of `POST …/user/keys/claim`.
    public var claim: @Sendable (_ server: ServerName, _ body: JSONValue) async throws -> JSON
    /// Tells the sender that messages or updates of device lists wait for servers.
    public var wake: @Sendable (_ servers: [ServerName]) -> Void

    public init(
        devices: @escaping @Sendable (UserID) async throws -> JSON, query: @escaping @Sendable (ServerName, JSONValue) async throws -> JSON,
        claim: @escaping @Sendable (ServerName, JSONValue) async throws -> JSON, wake: @escaping @Sendable ([ServerName]) -> Void
    ) {
        self.devices = devices
        self.query = query
        self.claim = claim
        self.wake = wake
    }

    /// Other servers, reached by federation.
    public init(queries: RemoteQueries, sender: FederationSender) {
        self.init(
            devices: { try await queries.devices(of: $0) }, query: { try await queries.keys($1, of: $0) },
            claim: { try await queries.claimKeys($1, of: $0) }, wake: { sender.notify($0) })
    }

    /// No other server can be reached.
    public static let unreachable: RemoteKeys = {
        let refusal = MatrixError(502, .unknown, "No other server can be reached from here.")
        return RemoteKeys(devices: { _ in throw refusal }, query: { _, _ in throw refusal }, claim: { _, _ in throw refusal }, wake: { _ in })
    }()
}
