/// Why bytes are not JSON as Matrix takes it, or why a value has no canonical form. Offsets are bytes from the start of the document.
public enum JSONError: Error, Hashable, Sendable {
    /// The grammar of RFC 8259 is not met at that byte, or bytes follow the value.
    case syntax(offset: Int)
    /// An object has two members of one name; servers would disagree about which counts.
    case duplicateKey(offset: Int)
    /// A `\u` escape names half of a surrogate pair, which UTF-8 cannot carry.
    case loneSurrogate(offset: Int)
    /// A string holds bytes that are not UTF-8.
    case invalidUTF8(offset: Int)
    /// Nesting exceeds `JSONLimits.maximumDepth`.
    case depth
    /// The input exceeds `JSONLimits.maximumBytes`.
    case size
    /// An integer outside ±(2^53 − 1) has no canonical form.
    case integerRange
    /// A number with a fraction or an exponent has no canonical form.
    case float
}

extension JSONError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .syntax(let offset): "Not JSON: unexpected byte or end at offset \(offset)."
        case .duplicateKey(let offset): "A key occurs twice in one object, at offset \(offset)."
        case .loneSurrogate(let offset): "Half a surrogate pair at offset \(offset)."
        case .invalidUTF8(let offset): "Not UTF-8 at offset \(offset)."
        case .depth: "Nested too deeply."
        case .size: "Too long."
        case .integerRange: "An integer is outside of -(2^53)+1 to (2^53)-1."
        case .float: "A number has a fraction or an exponent."
        }
    }
}
