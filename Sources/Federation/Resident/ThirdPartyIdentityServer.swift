public import MatrixModel
import RoomGraph

/// An identity server as this server asks it: who owns an address, to keep an invite, whether a key is still good (identity service API).
public struct ThirdPartyIdentityServer: Sendable {
    private let web: WebClient
    private static let timeoutMilliseconds = 15_000

    public init(web: WebClient) { self.web = web }

    /// What is asked in a person's name.
    public struct Query: Sendable {
        /// Host and port of the identity server.
        public let server: ServerName
        /// The person's token there.
        public let accessToken: String
        /// `email` or `msisdn`.
        public let medium: String
        public let address: String

        public init(server: ServerName, accessToken: String, medium: String, address: String) {
            self.server = server
            self.accessToken = accessToken
            self.medium = medium
            self.address = address
        }
    }

    /// The user who owns an address; nil where the identity server knows none.
    public func owner(_ query: Query) async throws(MatrixError) -> UserID? {
        let details = try await call("GET", "/_matrix/identity/v2/hash_details", query, nil)
        guard let pepper = details["lookup_pepper"]?.string, details["algorithms"]?.elements.contains(where: { $0.string == "sha256" }) == true
        else { throw refusal("it has no way to look addresses up") }
        let hash = Base64.encodeURLSafe(Digest.sha256(Array("\(query.address) \(query.medium) \(pepper)".utf8)))
        let found = try await call(
            "POST", "/_matrix/identity/v2/lookup", query,
            ["algorithm": "sha256", "pepper": .string(pepper), "addresses": [.string(hash)]])
        return found["mappings"]?[hash]?.string.flatMap { UserID($0) }
    }

    /// Has an invite kept until its address has an owner; gives the token and the content of `m.room.third_party_invite`.
    ///
    /// `details` describes the room and the sender to the invited person.
    public func store(_ query: Query, details: JSONValue) async throws(MatrixError) -> (token: String, content: JSONValue) {
        var body = details
        body["medium"] = .string(query.medium)
        body["address"] = .string(query.address)
        let answer = try await call("POST", "/_matrix/identity/v2/store-invite", query, body)
        guard let token = answer["token"]?.string, let name = answer["display_name"]?.string, let keys = answer["public_keys"], keys.isArray,
            !token.isEmpty, token.utf8.count <= 255, let first = keys[0], let key = first["public_key"]?.string,
            let validity = first["key_validity_url"]?.string
        else { throw refusal("its answer lacks what an invite needs") }
        return (
            token,
            [
                "display_name": .string(name), "public_key": .string(key), "key_validity_url": .string(validity), "public_keys": keys.value,
            ]
        )
    }

    /// Whether a key is still good, as the address says that came with it.
    public func isValid(_ key: String, at address: String) async -> Bool {
        guard let url = WebURL(address + (address.contains("?") ? "&" : "?") + "public_key=" + ThirdPartyIdentityServer.escaped(key)) else {
            return false
        }
        let answer = try? await web.call("GET", url, headers: [], body: nil, timeoutMilliseconds: ThirdPartyIdentityServer.timeoutMilliseconds)
        guard let answer, answer.status == 200, let json = try? JSON.parse(answer.body) else { return false }
        return json["valid"]?.bool == true
    }

    private func call(_ method: String, _ path: String, _ query: Query, _ body: JSONValue?) async throws(MatrixError) -> JSON {
        guard let url = WebURL("https://\(query.server)\(path)") else { throw .invalidParam("'\(query.server)' is no identity server.") }
        let headers = [("Authorization", "Bearer \(query.accessToken)")]
        let answer: InboundAnswer
        do {
            answer = try await web.call(
                method, url, headers: headers, body: body?.bytes(), timeoutMilliseconds: ThirdPartyIdentityServer.timeoutMilliseconds)
        } catch { throw refusal("it cannot be reached: \(error)") }
        let json = try? JSON.parse(answer.body)
        guard answer.status == 200, let json else {
            if answer.status == 401 || answer.status == 403 {
                throw MatrixError(403, .forbidden, json?["error"]?.string ?? "The identity server refuses your token.")
            }
            throw refusal("it answers \(answer.status)")
        }
        return json
    }

    private func refusal(_ reason: String) -> MatrixError {
        MatrixError(502, .unknown, "The identity server could not be asked: \(reason).")
    }

    /// Everything but letters and digits percent-encoded: a plus in Base64 would be read as a space.
    private static func escaped(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF")
        return text.utf8.reduce(into: "") { result, byte in
            let scalar = Unicode.Scalar(byte)
            if (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) {
                result.unicodeScalars.append(scalar)
            } else {
                result.append("%")
                result.append(digits[Int(byte >> 4)])
                result.append(digits[Int(byte & 15)])
            }
        }
    }
}
