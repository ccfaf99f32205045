import Crypto
import MatrixAPI
import MatrixModel
import RoomGraph

/// The relay for calls, as the operator has set it.
public struct TURNConfiguration: Sendable {
    /// `turn:` and `turns:` URIs.
    public var uris: [String]
    /// What the relay and this server share.
    public var sharedSecret: Secret
    /// How long credentials last.
    public var lifetimeSeconds: Int
    public var allowsGuests: Bool

    public init(uris: [String], sharedSecret: Secret, lifetimeSeconds: Int, allowsGuests: Bool) {
        self.uris = uris
        self.sharedSecret = sharedSecret
        self.lifetimeSeconds = lifetimeSeconds
        self.allowsGuests = allowsGuests
    }
}

/// Makes credentials of a relay for calls (client-server API, "Voice over IP"): the name is the moment of their end and the user, the password
/// its HMAC under the secret that the relay knows too.
struct TURNService: Sendable {
    let configuration: TURNConfiguration?
    let nowMilliseconds: @Sendable () -> Int

    var routes: RouteTable {
        var table = RouteTable()
        table.on(GetTURNServer.self) { caller, _ in
            // Clients take an empty answer for "there is none".
            guard let configuration, !configuration.uris.isEmpty, !caller.isGuest || configuration.allowsGuests else { return JSONResponse([:]) }
            let end = nowMilliseconds() / 1000 + configuration.lifetimeSeconds
            let name = "\(end):\(caller.user)"
            return JSONResponse([
                "username": .string(name), "password": .string(TURNService.password(for: name, configuration.sharedSecret.text)),
                "uris": .array(configuration.uris.map { .string($0) }), "ttl": .integer(configuration.lifetimeSeconds),
            ])
        }
        return table
    }

    /// The HMAC-SHA1 of a name, in base64.
    static func password(for name: String, _ secret: String) -> String {
        let code = HMAC<Insecure.SHA1>.authenticationCode(for: Array(name.utf8), using: SymmetricKey(data: Array(secret.utf8)))
        // Twenty bytes make twenty-seven letters and one to fill up.
        return Base64.encode(Array(code)) + "="
    }
}
