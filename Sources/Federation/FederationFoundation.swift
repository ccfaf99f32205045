public import Database
public import MatrixModel

/// The part of federation that knows no rooms, and on which the room server stands.
public struct FederationFoundation: Sendable {
    public let own: OwnKeys
    public let health: PeerHealth
    public let client: FederationClient
    public let keys: ServerKeys
    public let verifier: EventVerifier
    public let authenticator: PeerAuthenticator
    /// What the room server asks of other servers.
    public let remoteEvents: RemoteEventsClient
    public let limits: FederationLimits
    public let environment: Environment

    /// `notaries` are asked for keys that their server does not give.
    public init(
        own: OwnKeys, transport: any PeerTransport, notaries: [ServerName], database: Database, limits: FederationLimits = FederationLimits(),
        environment: Environment
    ) {
        self.own = own
        self.limits = limits
        self.environment = environment
        health = PeerHealth(limits: limits, environment: environment)
        client = FederationClient(
            serverName: own.serverName, signingKey: own.signingKey, transport: transport, health: health, limits: limits)
        keys = ServerKeys(own: own, client: client, notaries: notaries, database: database, limits: limits, environment: environment)
        verifier = EventVerifier(keys: keys)
        authenticator = PeerAuthenticator(serverName: own.serverName, keys: keys, health: health, environment: environment)
        remoteEvents = RemoteEventsClient(client: client, verifier: verifier)
    }
}
