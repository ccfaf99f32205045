import Database
import MatrixAPI
import MatrixModel

/// The server's own small pages: what a browser and a service manager ask.
struct WelcomeService: Sendable {
    let serverName: ServerName
    let database: Database
    let environment: Environment

    var routes: RouteTable {
        var table = RouteTable()
        table.on(GetHealth.self) { _, _ in
            var failing: [String] = []
            do {
                try await database.read { _ in }
            } catch {
                failing.append("database")
            }
            return GetHealth.Response(failing: failing, version: MartletVersion.current)
        }
        return table
    }

    /// The page of a server without the web client.
    var page: RouteTable {
        var table = RouteTable()
        table.on(GetWelcomePage.self) { _, _ in
            let nonce = environment.randomToken(bytes: 16)
            return GetWelcomePage.Response(html: WelcomePage.html(serverName: serverName, nonce: nonce), nonce: nonce)
        }
        return table
    }
}
