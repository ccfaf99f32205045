import HTTPGateway
import Synchronization

/// Says on standard output where the server is and what to do first.
final class Announcement: Sendable {
    private let configuration: Configuration
    private let commandLine: String
    private let firstAdministratorToken: String?
    private let noted = Mutex<[BoundListener]>([])

    init(configuration: Configuration, file: String?, firstAdministratorToken: String?) {
        self.configuration = configuration
        let program = CommandLine.arguments.first ?? "martlet"
        commandLine = "\(program) user add NAME --admin" + (file.map { " --config \($0)" } ?? "")
        self.firstAdministratorToken = firstAdministratorToken
    }

    /// Prints the address of a listener; after the first one also the way in.
    func note(_ listener: BoundListener) {
        let isFirst = noted.withLock { noted in
            noted.append(listener)
            return noted.count == 1
        }
        var lines: [String] = []
        let scheme = listener.listener.tls == nil ? "http" : "https"
        if isFirst { lines.append("\(MartletVersion.name) \(MartletVersion.current) serves \(configuration.serverName)") }
        lines.append("Listening on \(scheme)://\(Announcement.host(listener.listener.address)):\(listener.port)")
        if isFirst {
            if !configuration.hasOwnServerName { lines.append("Open http://localhost:\(listener.port) in a browser, or enter it in a Matrix app.") }
            if let firstAdministratorToken {
                lines.append("There is no administrator yet. Make one with")
                lines.append("    \(commandLine)")
                lines.append("or register in an app with this registration token, which works once: \(firstAdministratorToken)")
            }
        }
        print(lines.joined(separator: "\n"))
        Announcement.flush()
    }

    private static func host(_ address: String) -> String { address.contains(":") ? "[\(address)]" : address }
}
