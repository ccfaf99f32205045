import MatrixModel

extension ErrorCode {
    static let unknownDevice = ErrorCode(rawValue: "M_UNKNOWN_DEVICE")
    static let profileTooLarge = ErrorCode(rawValue: "M_PROFILE_TOO_LARGE")
    static let keyTooLarge = ErrorCode(rawValue: "M_KEY_TOO_LARGE")
}
