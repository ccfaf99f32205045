import ClientServices
import MatrixAPI
import ServiceLifecycle

/// Everything that runs, built and not yet started.
struct House: Sendable {
    let routes: RouteTable
    let ports: GatewayPorts
    /// Background work, in the order of its start.
    let services: [any Service]
    let accounts: AccountServices
    /// Gives back what is left when nothing runs any more.
    let close: @Sendable () async -> Void
}
