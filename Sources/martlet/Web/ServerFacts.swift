import ClientServices
import Database
import MatrixAPI
import MatrixModel
import Media
import Storage

/// Tells clients what this server is before anybody signs in.
struct ServerFacts: Sendable {
    let configuration: Configuration
    let database: Database

    var routes: RouteTable {
        var table = RouteTable()
        table.on(GetServerFacts.self) { _, _ in JSONResponse(try await facts()) }
        return table
    }

    private func facts() async throws -> JSONValue {
        let registration = configuration.registration
        let email = configuration.mail == nil ? RegistrationEmail.off : registration.email
        var facts: JSONValue = [
            "server_name": .string(configuration.serverName.description), "name": .string(MartletVersion.name),
            "version": .string(MartletVersion.current), "invites": true,
            "registration": [
                "mode": .string(registration.mode.rawValue), "email": .string(email.rawValue),
                "minimum_password_length": .integer(registration.minimumPasswordBytes), "invites": .bool(registration.invitesRegister),
                "guests": .bool(registration.allowsGuests),
            ],
            "limits": ["upload_bytes": .integer(configuration.media.limits.uploadBytes)],
            "other_homeservers": .bool(configuration.web.allowsOtherHomeservers),
        ]
        if let title = configuration.web.title { facts["title"] = .string(title) }
        if let description = configuration.web.description { facts["description"] = .string(description) }
        // Who may not read the directory is not told how long it is.
        if configuration.rooms.directoryIsOpen {
            facts["public_communities"] = .integer(try await database.read { try PublicRoomStore($0).count(ofType: "m.space") })
        }
        return facts
    }
}
