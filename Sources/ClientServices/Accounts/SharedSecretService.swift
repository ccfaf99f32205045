import Crypto
import MatrixAPI
import MatrixModel
import Storage

/// Registration by a secret that the operator's tools share with the server, as Synapse's tools do it.
struct SharedSecretService: Sendable {
    private let accounts: AccountService
    private let nonces: ExpiringSecrets<Void>

    init(accounts: AccountService) {
        self.accounts = accounts
        nonces = ExpiringSecrets(
            limit: AccountLimits.registrationNonces, lifetimeMilliseconds: AccountLimits.registrationNonceMilliseconds,
            environment: accounts.environment)
    }

    var routes: RouteTable {
        var table = RouteTable()
        table.on(GetRegistrationNonce.self) { _, _ in
            _ = try secret()
            return GetRegistrationNonce.Response(nonce: nonces.issue(()))
        }
        table.on(RegisterWithSharedSecret.self) { _, request in try await register(request) }
        return table
    }

    private func register(_ request: RegisterWithSharedSecret.Request) async throws -> SessionResponse {
        let secret = try secret()
        guard nonces.redeem(request.nonce) != nil else { throw MatrixError(400, .unknown, "Unknown nonce.") }
        guard !request.username.utf8.contains(0), !request.password.utf8.contains(0) else {
            throw MatrixError(400, .unknown, "Username and password must not have NUL characters.")
        }
        guard SharedSecretService.isValid(request, secret: secret) else { throw MatrixError.forbidden("HMAC incorrect") }
        let username = try Username(request.username, server: accounts.serverName)
        var account = NewAccount(user: username.user)
        account.passwordHash = try await accounts.hash(newPassword: request.password)
        account.isAdmin = request.isAdmin
        account.displayName = request.displayName
        let session =
            request.inhibitsLogin ? nil : try accounts.session(of: username.user, deviceID: nil, displayName: nil, wantsRefreshToken: false)
        try await accounts.create(account, session: session)
        return SessionResponse(userID: username.user, session: session?.answer)
    }

    private func secret() throws(MatrixError) -> Secret {
        guard let secret = accounts.configuration.sharedSecret else {
            throw MatrixError(400, .unknown, "Shared secret registration is not enabled.")
        }
        return secret
    }

    /// Whether the request's code is the HMAC-SHA1 of its parts; in constant time.
    static func isValid(_ request: RegisterWithSharedSecret.Request, secret: Secret) -> Bool {
        var message = [request.nonce, request.username, request.password, request.isAdmin ? "admin" : "notadmin"]
        if let type = request.userType { message.append(type) }
        guard let code = bytes(hexadecimal: request.code) else { return false }
        return HMAC<Insecure.SHA1>.isValidAuthenticationCode(
            code, authenticating: Array(message.joined(separator: "\0").utf8), using: SymmetricKey(data: Array(secret.text.utf8)))
    }

    private static func bytes(hexadecimal text: String) -> [UInt8]? {
        let digits = text.utf8.map { digit -> UInt8? in
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
            default: nil
            }
        }
        guard digits.count % 2 == 0 else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = digits[index], let low = digits[index + 1] else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }
}
