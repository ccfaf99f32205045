import MatrixModel
import RoomGraph

/// What a community says to new members: the state event `chat.martlet.welcome`.
struct WelcomeWords: Sendable {
    static let slot = StateKey("chat.martlet.welcome", "")

    var text: String?
    var rules: [String] = []
    /// The channels that new members are in from the start; nil where the community does not say.
    var channels: [RoomID]?

    /// What of the content is of the right shape, within bounds.
    init(_ content: JSON?) {
        guard let content else { return }
        text = content["text"]?.string.flatMap(WelcomeWords.bounded)
        rules = (content["rules"]?.elements.prefix(InvitationLimits.rules).map { $0 } ?? []).compactMap { $0.string.flatMap(WelcomeWords.bounded) }
        if let listed = content["auto_join"], listed.isArray {
            channels = listed.elements.prefix(InvitationLimits.firstChannels).compactMap { $0.string.flatMap { RoomID($0) } }
        }
    }

    private static func bounded(_ text: String) -> String? {
        text.isEmpty || text.utf8.count > InvitationLimits.textBytes ? nil : text
    }
}
