/// A message by e-mail.
public struct Mail: Sendable, Hashable {
    /// The address; it was checked to have no space, quote or control character.
    public let recipient: String
    public let subject: String
    /// Plain text.
    public let text: String

    public init(recipient: String, subject: String, text: String) {
        self.recipient = recipient
        self.subject = subject
        self.text = text
    }
}

/// Sends e-mail; the wiring fills it in where the operator has set a mail server.
public struct MailSender: Sendable {
    /// Returns when a mail server has taken the message over; throws where none did.
    public let send: @Sendable (Mail) async throws -> Void

    public init(send: @escaping @Sendable (Mail) async throws -> Void) {
        self.send = send
    }
}
