import Database
import MatrixAPI
import MatrixModel
import Storage

/// Tells whose devices changed since a sync.
struct KeyChangesService: Sendable {
    let context: KeyContext

    func bind(to table: inout RouteTable) {
        table.on(GetKeyChanges.self) { caller, request in
            guard let from = SyncToken(request.from), SyncToken(request.to) != nil else {
                throw MatrixError.invalidParam("'from' and 'to' must be tokens of /sync.")
            }
            // What happened after `to` is told as well: the client's next sync would tell it anyway.
            return try await context.database.read { transaction in
                let news = DeviceNewsReader(transaction: transaction, user: caller.user, device: "")
                let lists = try news.lists(after: from.position, in: nil)
                return GetKeyChanges.Response(changed: lists.changed, left: lists.left)
            }
        }
    }
}
