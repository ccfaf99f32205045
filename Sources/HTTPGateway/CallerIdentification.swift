import HTTPTypes
import Hummingbird
import MatrixAPI
import MatrixModel
import NIOCore

/// Establishes who calls an endpoint, as far as its access class asks.
struct CallerIdentification {
    let ports: GatewayPorts
    let headers: HTTPFields
    let queryItems: [(name: String, value: String)]
    let address: String

    private var userAgent: String? { headers[.userAgent] }
    private var anonymous: Identity { .anonymous(PublicCaller(address: address, userAgent: userAgent)) }

    /// The caller of an endpoint that does not need the body to know it.
    func caller(of entry: RouteTable.Entry) async throws -> Identity {
        switch entry.access {
        case .open, .peer: return anonymous
        case .optionalUser:
            guard let token = accessToken else { return anonymous }
            do { return .user(try await user(token, of: entry.route)) } catch let error as MatrixError where error.code == .unknownToken {
                // A client that logs in anew may still send the token that it lost.
                return anonymous
            }
        case .user:
            return .user(try await user(try requiredToken(), of: entry.route))
        case .admin:
            let user = try await user(try requiredToken(), of: entry.route)
            guard user.isAdmin else { throw MatrixError.forbidden("Only administrators of this server may do this.") }
            return .user(user)
        }
    }

    /// The server that signed a request.
    func peer(_ input: RequestInput) async throws -> Identity {
        .peer(
            try await ports.authenticatePeer(
                PeerCredentials(
                    method: input.method, uri: input.uri, authorization: headers[values: .authorization], body: try input.body(),
                    address: address)))
    }

    private func requiredToken() throws(MatrixError) -> String {
        guard let token = accessToken else { throw MatrixError(401, .missingToken, "Missing access token.") }
        return token
    }

    /// The token of the `Authorization` header, or else of the query (client-server API, "Using access tokens").
    private var accessToken: String? {
        if let authorization = headers[.authorization] {
            let parts = authorization.split(separator: " ", maxSplits: 1)
            guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
            return String(parts[1])
        }
        return item("access_token")
    }

    private func user(_ token: String, of route: Route) async throws -> UserCaller {
        let user = try await ports.authenticateUser(
            UserCredentials(
                accessToken: token, address: address, userAgent: userAgent, assertedUser: item("user_id"),
                assertedDevice: item("device_id") ?? item("org.matrix.msc3202.device_id"), allowsLockedUsers: route.allowsLockedUsers))
        guard !user.isGuest || route.allowsGuests else {
            throw MatrixError(403, .guestAccessForbidden, "Guests may not do this.")
        }
        guard !user.isSuspended || route.allowsSuspendedUsers else { throw MatrixError.userSuspended }
        return user
    }

    private func item(_ name: String) -> String? { queryItems.first { $0.name == name }?.value }

    /// The client's address; behind a proxy, what the proxy itself appended to `X-Forwarded-For`.
    static func address(of request: Request, channel: any Channel, isBehindProxy: Bool) -> String {
        if isBehindProxy, let name = forwardedFor, let last = request.headers[values: name].last {
            let entry = last.split(separator: ",").last ?? ""
            let trimmed = entry.drop { $0 == " " }
            if !trimmed.isEmpty { return String(trimmed) }
        }
        return channel.remoteAddress?.ipAddress ?? ""
    }

    private static let forwardedFor = HTTPField.Name("X-Forwarded-For")
}
