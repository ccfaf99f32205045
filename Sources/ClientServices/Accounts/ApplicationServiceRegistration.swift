public import MatrixModel
import Synchronization
import _StringProcessing

/// An application service that this server knows (application-service API, "Registration").
public struct ApplicationServiceRegistration: Sendable {
    public let id: String
    /// Where its transactions go; nil where it wants none.
    public let url: String?
    public let serviceToken: Secret
    public let homeserverToken: Secret
    public let senderLocalpart: String
    /// Whether its users' calls are counted against the rate limits; its sender's never are.
    public let isRateLimited: Bool
    public let userNamespaces: [Namespace]
    public let aliasNamespaces: [Namespace]
    public let roomNamespaces: [Namespace]
    public let protocols: [String]
    public let receivesEphemeral: Bool

    public init(
        id: String, url: String?, serviceToken: Secret, homeserverToken: Secret, senderLocalpart: String, isRateLimited: Bool = true,
        userNamespaces: [Namespace] = [], aliasNamespaces: [Namespace] = [], roomNamespaces: [Namespace] = [], protocols: [String] = [],
        receivesEphemeral: Bool = false
    ) {
        self.id = id
        self.url = url
        self.serviceToken = serviceToken
        self.homeserverToken = homeserverToken
        self.senderLocalpart = senderLocalpart
        self.isRateLimited = isRateLimited
        self.userNamespaces = userNamespaces
        self.aliasNamespaces = aliasNamespaces
        self.roomNamespaces = roomNamespaces
        self.protocols = protocols
        self.receivesEphemeral = receivesEphemeral
    }

    /// The user that the service is itself; nil where the localpart is malformed.
    public func sender(on server: ServerName) -> UserID? { UserID("@\(senderLocalpart):\(server.description)") }

    /// Whether the service may act as a local user: its sender, or one in its namespaces.
    public func owns(_ user: UserID) -> Bool {
        user.localpart == senderLocalpart || userNamespaces.contains { $0.matches(user.description) }
    }

    /// Whether nobody else may register the user.
    public func ownsExclusively(_ user: UserID) -> Bool {
        user.localpart == senderLocalpart || userNamespaces.contains { $0.isExclusive && $0.matches(user.description) }
    }

    /// Identifiers that a service is interested in, by a regular expression over the whole identifier.
    public final class Namespace: Sendable {
        public let isExclusive: Bool
        /// What each match begins with, where the expression is that text and `.*`; most are, and then no expression is run.
        private let prefix: String?
        /// Behind a lock because an expression prepares itself at its first use.
        private let expression: Mutex<Regex<AnyRegexOutput>>

        /// Throws where the expression does not parse.
        public init(isExclusive: Bool, expression text: String) throws {
            self.isExclusive = isExclusive
            prefix = Namespace.literalPrefix(of: text)
            expression = Mutex(try Regex(text))
        }

        /// Whether the expression matches from the identifier's beginning.
        public func matches(_ identifier: String) -> Bool {
            if let prefix { return identifier.hasPrefix(prefix) }
            return expression.withLock { (try? $0.prefixMatch(in: identifier)) != nil }
        }

        private static func literalPrefix(of text: String) -> String? {
            guard text.hasSuffix(".*") else { return nil }
            let literal = text.dropLast(2)
            let isLiteral = literal.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
                case UInt8(ascii: "@"), UInt8(ascii: "#"), UInt8(ascii: "!"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: ":"),
                    UInt8(ascii: "="), UInt8(ascii: "/"):
                    true
                default: false
                }
            }
            return isLiteral ? String(literal) : nil
        }
    }
}
