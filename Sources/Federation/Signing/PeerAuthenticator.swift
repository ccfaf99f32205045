public import Database
public import MatrixAPI
public import MatrixModel
import RoomGraph

/// Establishes which server sent a request (server-server API, "Request Authentication").
public struct PeerAuthenticator: Sendable {
    private let serverName: ServerName
    private let keys: ServerKeys
    private let health: PeerHealth
    private let environment: Environment
    /// Most header fields that are looked at.
    private static let maximumFields = 10

    public init(serverName: ServerName, keys: ServerKeys, health: PeerHealth, environment: Environment) {
        self.serverName = serverName
        self.keys = keys
        self.health = health
        self.environment = environment
    }

    /// The server whose key signed the request; throws 401 `M_UNAUTHORIZED`.
    public func authenticate(_ request: PeerCredentials) async throws(MatrixError) -> PeerCaller {
        let authorizations = request.authorization.prefix(PeerAuthenticator.maximumFields).compactMap { PeerAuthorization(field: $0) }
        guard let origin = authorizations.first?.origin else { throw PeerAuthenticator.unauthorized("Missing or malformed Authorization header.") }
        guard authorizations.allSatisfy({ $0.origin == origin }) else {
            throw PeerAuthenticator.unauthorized("The signatures are of different origins.")
        }
        guard origin != serverName else { throw PeerAuthenticator.unauthorized("This server does not send requests to itself.") }
        // "If this property is included, but the value does not match the receiving server's name, the receiving server must deny the
        // request with an HTTP status code 401 Unauthorized."
        for authorization in authorizations {
            if let destination = authorization.destination, destination != serverName.description {
                throw PeerAuthenticator.unauthorized("The request is signed for another destination.")
            }
        }
        let body = request.body.map { $0.lenientBytes() }
        let now = environment.nowMilliseconds()
        let ring = await keys.ring(for: authorizations.map { KeyNeed(server: origin, keyID: $0.keyID, validAt: now) })
        for authorization in authorizations {
            guard let key = ring.key(of: origin, authorization.keyID, validAt: now), let signature = Base64.decode(authorization.signature) else {
                continue
            }
            let covered = SignedRequest.bytes(
                method: request.method.rawValue, uri: request.uri, origin: origin.description, destination: authorization.destination, body: body)
            guard key.verify(signature: signature, of: covered) else { continue }
            health.heard(from: origin)
            return PeerCaller(origin: origin, address: request.address)
        }
        throw PeerAuthenticator.unauthorized("No signature of \(origin) by a key that is known and valid.")
    }

    private static func unauthorized(_ message: String) -> MatrixError { MatrixError(401, .unauthorized, message) }
}
