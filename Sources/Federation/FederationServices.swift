public import Logging
public import MatrixAPI
public import MatrixModel
public import RoomServer

/// The part of federation that stands on the rooms.
public struct FederationServices: Sendable {
    /// To be run beside the listeners.
    public let sender: FederationSender
    public let receiver: FederationReceiver
    public let changes: RemoteRoomChanges
    public let queries: RemoteQueries
    public let routes: RouteTable

    /// `software` names this implementation and its version; `delegate` is what `/.well-known/matrix/server` names, nil where it is not served.
    public init(
        foundation: FederationFoundation, rooms: RoomServer, inbox: EphemeralInbox, ports: FederationPorts,
        software: (name: String, version: String), delegate: ServerName? = nil, logger: Logger
    ) {
        let environment = foundation.environment
        receiver = FederationReceiver(
            rooms: rooms, verifier: foundation.verifier, inbox: inbox, limits: foundation.limits, environment: environment, logger: logger)
        sender = FederationSender(
            database: rooms.database, feed: rooms.feed, client: foundation.client, health: foundation.health, limits: foundation.limits,
            environment: environment, logger: logger)
        changes = RemoteRoomChanges(
            remote: RemoteMembership(client: foundation.client, verifier: foundation.verifier, environment: environment), rooms: rooms)
        queries = RemoteQueries(client: foundation.client)
        routes = FederationRoutes(
            own: foundation.own, keys: foundation.keys, verifier: foundation.verifier, receiver: receiver, rooms: rooms, ports: ports,
            environment: environment, software: software, delegate: delegate
        ).routes
    }
}
