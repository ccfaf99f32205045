import MatrixModel
import Storage
import Synchronization

/// Keeps the event of push rules that clients are told: every first answer has it, and it seldom changes.
final class RuleTexts: Sendable {
    private struct Text {
        /// The position of the account data that it is made of; zero where there is none.
        let position: Position
        let bytes: [UInt8]
    }
    private let texts = Mutex(TwoGenerations<UserID, Text>(limit: RuleTexts.kept))

    private static let kept = 512

    /// The event with what the person stored, completed by the server's defaults.
    func event(_ stored: AccountDataEntry?, of user: UserID) -> [UInt8] {
        let position = stored?.position ?? 0
        if let known = texts.withLock({ $0.value(for: user) }), known.position == position { return known.bytes }
        let content = PushRuleset(stored: stored?.content.value, user: user).content
        let event: JSONValue = ["type": .string(PushRuleService.accountDataType), "content": content]
        let bytes = event.bytes()
        texts.withLock { $0.insert(Text(position: position, bytes: bytes), for: user) }
        return bytes
    }
}
