import ClientServices
import HTTPGateway
import Logging
import MatrixModel

extension Configuration {
    /// What the configuration amounts to, a line each; without secrets.
    var summary: [String] {
        var lines = ["server name      \(serverName)", "data folder      \(dataDirectory)"]
        for listener in listeners {
            lines.append("listener         \(listener.tls == nil ? "http" : "https") \(listener.address) port \(listener.port)")
        }
        lines.append("federation       \(federation.isEnabled ? "on" : "off")")
        lines.append("registration     \(registration.mode.rawValue)\(registration.allowsGuests ? ", guests welcome" : "")")
        lines.append("shared secret    \(registration.sharedSecret == nil ? "none" : "set")")
        lines.append("new rooms        version \(rooms.defaultVersion.rawValue)")
        lines.append("web client       \(web.isEnabled ? WebFolder.find(web)?.path ?? "not found" : "off")")
        lines.append("log              \(logging.level.rawValue), \(logging.format.rawValue)")
        for service in applicationServices { lines.append("app service      \(service.id)") }
        if isTesting { lines.append("testing          on: no limits, open registration, cheap hashing, private addresses allowed") }
        return lines
    }
}
