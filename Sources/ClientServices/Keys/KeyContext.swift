import Database
import MatrixAPI
import MatrixModel
import RoomServer
import Storage

/// What the services of keys share.
struct KeyContext: Sendable {
    let rooms: RoomServer
    let remote: RemoteKeys

    var database: Database { rooms.database }
    var serverName: ServerName { rooms.serverName }
    var environment: Environment { rooms.environment }
    var feed: CommitFeed { rooms.feed }
    var announcer: DeviceListAnnouncer { DeviceListAnnouncer(feed: rooms.feed, wake: remote.wake) }

    /// The device of a caller; 400 for a token that has none.
    static func device(of caller: UserCaller) throws(MatrixError) -> String {
        guard let device = caller.device else { throw .invalidParam("This needs a device, and the access token has none.") }
        return device
    }
}

/// Tells whom a change of devices or keys concerns, once it is durable.
public struct DeviceListAnnouncer: Sendable {
    let feed: CommitFeed
    /// Tells the federation sender that something waits for servers.
    let wake: @Sendable ([ServerName]) -> Void

    /// Announces a change; called in the order of positions.
    func announce(_ change: DeviceListChange?) {
        guard let change else { return }
        feed.publish(Change(position: change.position, kind: .deviceList(seenBy: change.watchers)))
        if !change.servers.isEmpty { wake(change.servers) }
    }
}
