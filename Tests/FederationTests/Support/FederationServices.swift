import Federation
import Logging
import MatrixAPI
import MatrixModel
import RoomServer

/// The part of federation that stands on the rooms, put together as the wiring does.
struct FederationServices: Sendable {
    /// To be run beside the listeners.
    let sender: FederationSender
    let receiver: FederationReceiver
    let changes: RemoteRoomChanges
    let queries: RemoteQueries
    let routes: RouteTable

    /// `software` names this implementation and its version; `delegate` is what `/.well-known/matrix/server` names, nil where it is not served.
    init(
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
        routes =
            FederationRoutes(
                own: foundation.own, keys: foundation.keys, verifier: foundation.verifier, receiver: receiver, rooms: rooms, ports: ports,
                environment: environment, software: software, delegate: delegate
            ).routes
    }
}
