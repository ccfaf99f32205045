public import Logging
public import MatrixAPI
public import RoomServer

/// End-to-end encryption as far as it is the server's: keys, messages for devices, backups.
public struct KeyServices: Sendable {
    /// The endpoints.
    public let routes: RouteTable
    /// What other servers may ask.
    public let peers: PeerKeys
    /// Takes what other servers tell.
    public let inbox: KeyInbox
    /// Runs beside the server where federation is on.
    public let follower: DeviceListFollower

    public init(rooms: RoomServer, accounts: AccountServices, remote: RemoteKeys, logger: Logger) {
        let context = KeyContext(rooms: rooms, remote: remote)
        let lists = RemoteDeviceLists(context: context, logger: logger)
        var table = RouteTable()
        KeyUploadService(context: context).bind(to: &table)
        KeyQueryService(context: context, lists: lists).bind(to: &table)
        KeyClaimService(context: context, logger: logger).bind(to: &table)
        KeyChangesService(context: context).bind(to: &table)
        DeviceMessageService(context: context).bind(to: &table)
        SigningKeyService(context: context, owner: accounts.owner).bind(to: &table)
        SignatureService(context: context, lists: lists).bind(to: &table)
        KeyBackupService(context: context).bind(to: &table)
        DehydratedDeviceService(context: context).bind(to: &table)
        routes = table
        peers = PeerKeys(context: context)
        inbox = KeyInbox(context: context)
        follower = DeviceListFollower(context: context, logger: logger)
    }
}
