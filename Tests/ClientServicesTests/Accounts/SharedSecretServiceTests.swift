import MatrixAPI
import MatrixModel
import Testing

@testable import ClientServices

@Suite struct SharedSecretServiceTests {
    private static let path = "/_synapse/admin/v1/register"

    /// Codes computed apart from this program, by Python's hmac over "shared secret".
    @Test func `the code is the HMAC-SHA1 of the parts`() throws {
        func request(_ code: String, admin: Bool, type: String?) throws -> RegisterWithSharedSecret.Request {
            var body: JSONValue = [
                "nonce": "thisisanonce", "username": "pepper_roni", "password": "pizza", "admin": .bool(admin), "mac": .string(code),
            ]
            body["user_type"] = type.map(JSONValue.string)
            return try RegisterWithSharedSecret.Request(
                RequestInput(
                    method: .post, uri: Self.path, pathParameters: [:], queryItems: [], bodyBytes: body.bytes(), contentType: nil))
        }
        let secret = Secret("shared secret")
        #expect(SharedSecretService.isValid(try request("2a62ac3bcfd2e3a7762c919fe561c0e12eede03e", admin: true, type: nil), secret: secret))
        #expect(SharedSecretService.isValid(try request("97e8b08161cece71d29b18d1c08209411c8217c1", admin: false, type: "bot"), secret: secret))
        #expect(!SharedSecretService.isValid(try request("97e8b08161cece71d29b18d1c08209411c8217c1", admin: true, type: "bot"), secret: secret))
        #expect(!SharedSecretService.isValid(try request("2a62ac3bcfd2e3a7762c919fe561c0e12eede03e", admin: true, type: nil), secret: Secret("x")))
        #expect(!SharedSecretService.isValid(try request("2a62", admin: true, type: nil), secret: secret))
        #expect(!SharedSecretService.isValid(try request("zz", admin: true, type: nil), secret: secret))
    }

    @Test func `it is off without a secret`() async throws {
        let server = try await AccountTestServer()
        #expect(try await server.failure(.get, Self.path).status == 400)
        let error = try await server.failure(.post, Self.path, ["nonce": "n", "username": "a", "password": "b", "mac": "00"])
        #expect(error.status == 400)
    }

    @Test func `a nonce serves once and not for long`() async throws {
        var configuration = AccountConfiguration.testing
        configuration.sharedSecret = Secret("shared secret")
        configuration.registration = .closed
        let server = try await AccountTestServer(configuration)
        func post(_ nonce: String) async throws -> MatrixError {
            try await server.failure(.post, Self.path, ["nonce": .string(nonce), "username": "a", "password": "b", "mac": "00"])
        }
        let nonce = try #require(try await server.ok(.get, Self.path)["nonce"]?.string)
        #expect(try await post(nonce).status == 403)
        #expect(try await post(nonce).status == 400)
        let late = try #require(try await server.ok(.get, Self.path)["nonce"]?.string)
        server.clock.advance(AccountLimits.registrationNonceMilliseconds)
        #expect(try await post(late).status == 400)
    }
}
