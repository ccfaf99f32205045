public import MatrixAPI
import MatrixModel

/// What invite links need to know of the rest of the server.
public struct InvitationSettings: Sendable {
    /// The address that links begin with; nil to take the one that the client used.
    public var publicBaseURL: String?
    /// Who may register, and whether an invite link serves as a registration token.
    public var registration: RegistrationMode = .closed
    public var invitesRegister = true
    /// A small picture of media, as strangers may see it.
    public var picture: @Sendable (MediaReference, ThumbnailForm) async throws -> MediaResponse = { _, _ in
        throw MatrixError.notFound("There is no picture.")
    }

    public init() {}

    /// The link of a code.
    func url(of code: String, origin: String?) -> String {
        var base = publicBaseURL ?? origin ?? ""
        while base.hasSuffix("/") { base.removeLast() }
        return base + "/invite/" + code
    }

    /// Whether the holder of an open link may register.
    var allowsRegistration: Bool {
        switch registration {
        case .open: true
        case .token: invitesRegister
        case .closed: false
        }
    }
}
