import Database
import MatrixAPI
import MatrixModel
import Storage

/// Takes the keys of devices (client-server API, "Uploading keys").
struct KeyUploadService: Sendable {
    let context: KeyContext

    func bind(to table: inout RouteTable) {
        table.on(UploadKeys.self) { caller, request in try await upload(caller, request) }
    }

    private func upload(_ caller: UserCaller, _ request: UploadKeys.Request) async throws -> UploadKeys.Response {
        let user = caller.user
        let device = try KeyContext.device(of: caller)
        guard request.deviceKeys != nil || !request.oneTimeKeys.isEmpty || !request.fallbackKeys.isEmpty else {
            // Clients ask so how many keys are left.
            let counts = try await context.database.read { try KeyWriter(transaction: $0, user: user, device: device).counts() }
            return UploadKeys.Response(counts: counts)
        }
        let announcer = context.announcer
        let (counts, _) = try await context.database.write { transaction -> ([String: Int], DeviceListChange?) in
            let writer = KeyWriter(transaction: transaction, user: user, device: device)
            let isNew = try request.deviceKeys.map { try writer.write(deviceKeys: $0) } ?? false
            try writer.write(oneTimeKeys: request.oneTimeKeys)
            try writer.write(fallbackKeys: request.fallbackKeys)
            return (try writer.counts(), isNew ? try DeviceListStore(transaction).note([device], of: user) : nil)
        } whenDurable: { _, change in
            announcer.announce(change)
        }
        return UploadKeys.Response(counts: counts)
    }
}
