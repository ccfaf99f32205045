import MatrixAPI
import MatrixModel

/// Other networks (client-server API, "Third-party Networks"): no application service of this server offers one that can be asked about.
struct ThirdPartyService: Sendable {
    var routes: RouteTable {
        var table = RouteTable()
        table.on(GetThirdPartyProtocols.self) { _, _ in JSONResponse([:]) }
        table.on(GetThirdPartyProtocol.self) { _, _ in throw ThirdPartyService.unknown }
        table.on(FindThirdPartyLocations.self) { _, _ in throw ThirdPartyService.unknown }
        table.on(FindThirdPartyUsers.self) { _, _ in throw ThirdPartyService.unknown }
        table.on(GetThirdPartyLocations.self) { _, _ in throw MatrixError.notFound("The alias leads to no other network.") }
        table.on(GetThirdPartyUsers.self) { _, _ in throw MatrixError.notFound("The user stands for nobody of another network.") }
        return table
    }

    private static let unknown = MatrixError.notFound("This network cannot be reached from here.")
}
