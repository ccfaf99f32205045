import Database
import MatrixAPI
import MatrixModel
import Storage

/// A session about to be opened: its tokens, and what is stored of them.
struct NewSession: Sendable {
    let user: UserID
    let deviceID: String
    /// The name of a new device; an existing one keeps its own.
    let displayName: String?
    let accessToken: String
    let refreshToken: String?
    let lifetimeMilliseconds: Int?
    private let now: Int

    /// Throws 400 where the device's identifier or name is too long.
    init(
        user: UserID, deviceID: String?, displayName: String?, wantsRefreshToken: Bool, refreshableMilliseconds: Int,
        environment: Environment
    ) throws(MatrixError) {
        if let deviceID {
            guard !deviceID.isEmpty, deviceID.utf8.count <= AccountLimits.deviceBytes else {
                throw .invalidParam("'device_id' must have 1 to \(AccountLimits.deviceBytes) bytes.")
            }
        }
        guard displayName?.utf8.count ?? 0 <= AccountLimits.deviceBytes else {
            throw .invalidParam("'initial_device_display_name' has more than \(AccountLimits.deviceBytes) bytes.")
        }
        self.user = user
        self.deviceID = deviceID ?? environment.randomLetters(10).uppercased()
        self.displayName = displayName
        accessToken = NewSession.accessToken(environment)
        refreshToken = wantsRefreshToken ? NewSession.refreshToken(environment) : nil
        lifetimeMilliseconds = wantsRefreshToken ? refreshableMilliseconds : nil
        now = environment.nowMilliseconds()
    }

    static func accessToken(_ environment: Environment) -> String { "mat_" + environment.randomToken(bytes: 32) }
    static func refreshToken(_ environment: Environment) -> String { "mar_" + environment.randomToken(bytes: 32) }

    /// Writes device and tokens; tokens that the device had before end.
    func store(_ transaction: Transaction) throws {
        let tokens = TokenStore(transaction)
        try tokens.revokeAll(of: user, device: deviceID)
        try DeviceStore(transaction).ensure(deviceID, of: user, displayName: displayName, at: now)
        try tokens.issue(
            access: TokenDigest(accessToken).bytes, expires: lifetimeMilliseconds.map { now + $0 },
            refresh: refreshToken.map { TokenDigest($0).bytes }, to: user, device: deviceID, at: now)
    }

    /// The session as an endpoint answers it.
    var answer: SessionResponse.Session {
        SessionResponse.Session(
            accessToken: accessToken, deviceID: deviceID, refreshToken: refreshToken, expiresInMilliseconds: lifetimeMilliseconds)
    }
}
