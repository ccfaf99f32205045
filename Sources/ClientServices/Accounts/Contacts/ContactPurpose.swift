/// What the proof of an address is good for.
enum ContactPurpose: String, Sendable {
    /// A new account.
    case registration
    /// A new password for an account.
    case password
    /// A further address of an account.
    case addition
}
