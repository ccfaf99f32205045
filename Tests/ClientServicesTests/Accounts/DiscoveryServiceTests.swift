import MatrixAPI
import MatrixModel
import Testing

@testable import ClientServices

@Suite struct DiscoveryServiceTests {
    @Test func `the versions and what works are told`() async throws {
        let server = try await AccountTestServer()
        let body = try await server.ok(.get, "/_matrix/client/versions")
        let versions = body["versions"]?.elements.compactMap(\.string) ?? []
        for minor in 1...19 { #expect(versions.contains("v1.\(minor)")) }
        #expect(body["unstable_features"]?["uk.tcpip.msc4133"]?.bool == true)
    }

    @Test func `the capabilities list all room versions and the default`() async throws {
        var configuration = AccountConfiguration.testing
        configuration.defaultRoomVersion = .v11
        let server = try await AccountTestServer(configuration)
        let token = try await server.register("alice")
        let capabilities = try await server.ok(.get, "/_matrix/client/v3/capabilities", as: token)["capabilities"]
        #expect(capabilities?["m.room_versions"]?["default"]?.string == "11")
        #expect(capabilities?["m.room_versions"]?["available"]?.count == 12)
        #expect(capabilities?["m.change_password"]?["enabled"]?.bool == true)
        #expect(capabilities?["m.3pid_changes"]?["enabled"]?.bool == false)
        #expect(capabilities?["m.get_login_token"]?["enabled"]?.bool == true)
        #expect(try await server.failure(.get, "/_matrix/client/v3/capabilities").code == .missingToken)
    }

    @Test func `nothing is published until it is configured`() async throws {
        let bare = try await AccountTestServer()
        for name in ["client", "support"] {
            #expect(try await bare.failure(.get, "/.well-known/matrix/\(name)").code == .notFound)
        }
        var configuration = AccountConfiguration.testing
        configuration.publicBaseURL = "https://matrix.example.org"
        configuration.clientWellKnown = ["org.example.more": ["a": 1]]
        configuration.supportContacts = [["role": "m.role.admin", "matrix_id": "@root:test"]]
        configuration.supportPage = "https://example.org/help"
        let server = try await AccountTestServer(configuration)
        #expect(
            try await server.ok(.get, "/.well-known/matrix/client").value == [
                "m.homeserver": ["base_url": "https://matrix.example.org"], "org.example.more": ["a": 1],
            ])
        #expect(
            try await server.ok(.get, "/.well-known/matrix/support").value == [
                "contacts": [["role": "m.role.admin", "matrix_id": "@root:test"]], "support_page": "https://example.org/help",
            ])
    }
}
