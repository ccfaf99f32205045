import MatrixAPI
import MatrixModel
import Storage

/// Gives the changes of subscriptions to threads that an answer of sliding sync had no place for (MSC4308).
struct ThreadSubscriptionPages: Sendable {
    let context: RoomServiceContext

    func bind(to table: inout RouteTable) {
        table.on(GetThreadSubscriptions.self) { caller, request in
            let through = try request.from.map { try ThreadSubscriptionPages.position($0, "from") }
            let after = try request.end.map { try ThreadSubscriptionPages.position($0, "to") } ?? 0
            let limit = min(request.limit ?? SlidingBounds.threadSubscriptions, SlidingBounds.threadSubscriptions)
            let page = try await context.read(caller.user) { reader in
                try ThreadSubscriptionPage(reader, after: after, through: through ?? .max, limit: limit)
            }
            return FragmentResponse(page.fragment(tokenName: "end"))
        }
    }

    /// A token of a page, or the position of sliding sync.
    private static func position(_ text: String, _ name: String) throws(MatrixError) -> Position {
        guard let position = SlidingToken(text)?.position ?? Position(text), position >= 0 else {
            throw .invalidParam("'\(name)' is not a token of this server.")
        }
        return position
    }
}
