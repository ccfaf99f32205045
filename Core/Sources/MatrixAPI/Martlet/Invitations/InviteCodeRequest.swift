public import MatrixModel

/// A request about one invite link.
public struct InviteCodeRequest: EndpointRequest {
    public let code: String

    public init(_ input: RequestInput) throws(MatrixError) { code = try input.path("code") }
}
