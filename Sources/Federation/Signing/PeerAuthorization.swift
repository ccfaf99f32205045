public import MatrixModel

/// One `Authorization: X-Matrix …` header field (server-server API, "Request Authentication").
public struct PeerAuthorization: Hashable, Sendable {
    public let origin: ServerName
    /// "For compatibility with older servers, recipients should accept requests without this parameter."
    public let destination: String?
    public let keyID: String
    /// Unpadded Base64, as received.
    public let signature: String
    /// Longest field that is read, in bytes.
    static let maximumBytes = 4_096

    public init(origin: ServerName, destination: String?, keyID: String, signature: String) {
        self.origin = origin
        self.destination = destination
        self.keyID = keyID
        self.signature = signature
    }

    /// Reads a header field; nil where it is of another scheme, malformed, or lacks a parameter.
    public init?(field: String) {
        guard field.utf8.count <= PeerAuthorization.maximumBytes, let parameters = PeerAuthorization.parameters(in: field) else { return nil }
        guard let origin = parameters["origin"].flatMap({ ServerName($0) }), let key = parameters["key"], let signature = parameters["sig"] else {
            return nil
        }
        self.init(origin: origin, destination: parameters["destination"], keyID: key, signature: signature)
    }

    /// The field's value as it is sent: lower-case names, every value quoted, no space around commas.
    public var field: String {
        var text = "X-Matrix origin=\"\(origin)\""
        if let destination { text += ",destination=\"\(destination)\"" }
        return text + ",key=\"\(keyID)\",sig=\"\(signature)\""
    }

    /// "The header begins with authorisation scheme X-Matrix, followed by one or more spaces, followed by a comma-separated list of
    /// parameters written as name=value pairs." Names come out in lower case; a name that comes twice makes the field malformed.
    private static func parameters(in field: String) -> [String: String]? {
        var rest = Array(field.utf8)[...]
        let scheme = rest.prefix { $0 != space }
        guard String(decoding: scheme, as: UTF8.self).lowercased() == "x-matrix" else { return nil }
        rest = rest.dropFirst(scheme.count)
        guard rest.first == space else { return nil }
        var parameters: [String: String] = [:]
        while true {
            rest = rest.drop { $0 == space || $0 == tab || $0 == comma }
            if rest.isEmpty { return parameters }
            let name = rest.prefix { $0 != equals }
            rest = rest.dropFirst(name.count)
            guard !name.isEmpty, rest.popFirst() == equals, let value = takeValue(&rest) else { return nil }
            rest = rest.drop { $0 == space || $0 == tab }
            guard rest.isEmpty || rest.first == comma else { return nil }
            let key = String(decoding: name, as: UTF8.self).lowercased()
            guard parameters.updateValue(value, forKey: key) == nil else { return nil }
        }
    }

    /// A quoted string with its backslashes resolved, or a token; "the recipient should allow colons to be included in values without
    /// requiring the value to be enclosed in quotes", and Base64's `=` and `/` come without quotes too.
    private static func takeValue(_ rest: inout ArraySlice<UInt8>) -> String? {
        guard rest.first == quote else {
            let token = rest.prefix { $0 != comma && $0 != space && $0 != tab }
            rest = rest.dropFirst(token.count)
            guard !token.isEmpty, !token.contains(quote) else { return nil }
            return String(validating: token, as: UTF8.self)
        }
        rest.removeFirst()
        var value: [UInt8] = []
        while let byte = rest.popFirst() {
            switch byte {
            case quote: return String(validating: value, as: UTF8.self)
            case backslash:
                guard let escaped = rest.popFirst() else { return nil }
                value.append(escaped)
            default: value.append(byte)
            }
        }
        return nil
    }

    private static let space = UInt8(ascii: " ")
    private static let tab = UInt8(ascii: "\t")
    private static let comma = UInt8(ascii: ",")
    private static let equals = UInt8(ascii: "=")
    private static let quote = UInt8(ascii: "\"")
    private static let backslash = UInt8(ascii: "\\")
}
