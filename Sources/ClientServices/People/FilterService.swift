import Database
import MatrixAPI
import MatrixModel
import Storage

/// Filters that clients keep on the server (client-server API, "Filtering").
struct FilterService: Sendable {
    let database: Database

    var routes: RouteTable {
        var table = RouteTable()
        table.on(DefineFilter.self) { caller, request in
            guard request.user == caller.user else { throw MatrixError.forbidden("Filters are made for oneself.") }
            guard request.filter.rawBytes.count <= AccountLimits.filterBytes else {
                throw MatrixError(413, .tooLarge, "A filter has at most \(AccountLimits.filterBytes) bytes.")
            }
            try FilterValidation.check(request.filter)
            let number = try await database.write { try FilterStore($0).add(request.filter, user: caller.user) }
            return DefineFilter.Response(filterID: String(number))
        }
        table.on(GetFilter.self) { caller, request in
            guard request.user == caller.user else { throw MatrixError.forbidden("Only one's own filters can be read.") }
            guard let number = Int(request.filterID),
                let filter = try await database.read({ try FilterStore($0).filter(number, user: caller.user) })
            else { throw MatrixError.notFound("There is no such filter.") }
            return FragmentResponse(.encoded(Array(filter.rawBytes)))
        }
        return table
    }
}
