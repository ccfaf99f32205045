public import MatrixModel

/// An address by which somebody is invited, with the identity server that knows whose it is.
public struct ThirdPartyAddress: FieldDecodable {
    /// Host and port of the identity server.
    public let identityServer: ServerName
    /// The inviting person's token there.
    public let accessToken: String
    /// `email` or `msisdn`.
    public let medium: String
    public let address: String

    /// The address of a body; 400 `M_MISSING_PARAM` or `M_INVALID_PARAM` where something is wrong.
    public init(_ body: JSON) throws(MatrixError) {
        let server: String = try body.required("id_server")
        guard let name = ServerName(server) else { throw .invalidParam("'\(server)' is no identity server.") }
        identityServer = name
        accessToken = try body.required("id_access_token")
        medium = try body.required("medium")
        guard medium == "email" || medium == "msisdn" else { throw .invalidParam("'\(medium)' is neither email nor msisdn.") }
        address = try body.required("address")
        guard !address.isEmpty, address.utf8.count <= 500 else { throw .invalidParam("'address' is none.") }
    }

    public init?(field: JSON) {
        do { self = try ThirdPartyAddress(field) } catch { return nil }
    }
}
