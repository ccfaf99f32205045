public import MatrixModel

/// What a request carries, before it is typed.
public struct RequestInput: Sendable {
    /// The method and the path with its query as they stood on the request line.
    public let method: Method
    public let uri: String
    private let pathParameters: [String: String]
    private let queryItems: [(name: String, value: String)]
    private let parsedBody: Result<JSON, MatrixError>?
    /// The body as received; empty where there was none.
    public let bodyBytes: [UInt8]
    public let contentType: String?
    /// The body as it comes in, where the route streams it; `bodyBytes` is empty then.
    public let bodyStream: BodyStream?
    /// Scheme and authority that the client used, such as `https://matrix.example.org`; nil where they are not known.
    public let origin: String?

    /// `pathParameters` and `queryItems` are percent-decoded.
    public init(
        method: Method, uri: String, pathParameters: [String: String], queryItems: [(name: String, value: String)], bodyBytes: [UInt8],
        contentType: String?, bodyStream: BodyStream? = nil, origin: String? = nil
    ) {
        self.method = method
        self.uri = uri
        self.pathParameters = pathParameters
        self.queryItems = queryItems
        self.bodyBytes = bodyBytes
        self.contentType = contentType
        self.bodyStream = bodyStream
        self.origin = origin
        parsedBody = bodyBytes.isEmpty ? nil : RequestInput.parse(bodyBytes)
    }

    private static func parse(_ bytes: [UInt8]) -> Result<JSON, MatrixError> {
        do {
            return .success(try JSON.parse(bytes))
        } catch {
            return .failure(.notJSON("The body is not valid JSON: \(error)."))
        }
    }

    /// The path parameter of that name; 400 `M_INVALID_PARAM` where it is not of the type's grammar.
    public func path<Value: TextDecodable>(_ name: String, as type: Value.Type = Value.self) throws(MatrixError) -> Value {
        guard let text = pathParameters[name] else { throw .missingParam(name) }
        guard let value = Value(text: text) else { throw .invalidParam("'\(text)' is not a valid \(name).") }
        return value
    }

    /// The query parameter of that name, nil where absent; 400 `M_INVALID_PARAM` where it is malformed.
    public func query<Value: TextDecodable>(_ name: String, as type: Value.Type = Value.self) throws(MatrixError) -> Value? {
        guard let text = queryItems.first(where: { $0.name == name })?.value else { return nil }
        guard let value = Value(text: text) else { throw .invalidParam("'\(text)' is not a valid \(name).") }
        return value
    }

    /// The query parameter of that name; 400 `M_MISSING_PARAM` where absent.
    public func requiredQuery<Value: TextDecodable>(_ name: String, as type: Value.Type = Value.self) throws(MatrixError) -> Value {
        guard let value = try query(name, as: type) else { throw .missingParam(name) }
        return value
    }

    /// All query parameters of that name, in order.
    public func queryAll<Value: TextDecodable>(_ name: String, as type: Value.Type = Value.self) throws(MatrixError) -> [Value] {
        var values: [Value] = []
        for item in queryItems where item.name == name {
            guard let value = Value(text: item.value) else { throw .invalidParam("'\(item.value)' is not a valid \(name).") }
            values.append(value)
        }
        return values
    }

    /// The body, nil where there was none; 400 `M_NOT_JSON` where it does not parse.
    public func body() throws(MatrixError) -> JSON? {
        try parsedBody?.get()
    }

    /// The body as an object; 400 `M_NOT_JSON` where absent or unparsable, `M_BAD_JSON` where not an object.
    public func bodyObject() throws(MatrixError) -> JSON {
        guard let json = try body() else { throw .notJSON("The request needs a JSON body.") }
        guard json.isObject else { throw .badJSON("The body must be an object.") }
        return json
    }

    /// The body as an object; an absent body counts as the empty object, as clients that send none expect.
    public func optionalBodyObject() throws(MatrixError) -> JSON {
        bodyBytes.isEmpty ? JSON(.object([:])) : try bodyObject()
    }
}

/// A type that is read from a path or query parameter.
public protocol TextDecodable: Sendable {
    init?(text: String)
}

extension String: TextDecodable { public init?(text: String) { self = text } }
extension Int: TextDecodable { public init?(text: String) { self.init(text) } }
extension Bool: TextDecodable {
    public init?(text: String) {
        switch text {
        case "true": self = true
        case "false": self = false
        default: return nil
        }
    }
}
extension UserID: TextDecodable { public init?(text: String) { self.init(text) } }
extension RoomID: TextDecodable { public init?(text: String) { self.init(text) } }
extension RoomAlias: TextDecodable { public init?(text: String) { self.init(text) } }
extension EventID: TextDecodable { public init?(text: String) { self.init(text) } }
extension ServerName: TextDecodable { public init?(text: String) { self.init(text) } }
extension Membership: TextDecodable { public init?(text: String) { self.init(rawValue: text) } }
