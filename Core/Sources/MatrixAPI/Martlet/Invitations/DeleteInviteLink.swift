/// Ends an invite link. Not part of the specification.
public enum DeleteInviteLink: Endpoint {
    public typealias Caller = UserCaller
    public typealias Request = InviteCodeRequest
    public typealias Response = EmptyResponse
    public static let route = Route(.delete, "/_martlet/client/v1/invites/{code}", limit: .accountData)
}
