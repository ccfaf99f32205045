/// An e-mail address in the form in which it is kept and compared: in lower case (client-server API, "Adding account administrative contact
/// information": "Servers should be careful to treat email addresses as case-insensitive").
struct EmailAddress: Hashable, Sendable {
    /// The whole address in lower case.
    let text: String

    /// Nil where the text is no address that mail can be sent to.
    init?(_ given: String) {
        guard given.utf8.count <= 254, let at = given.lastIndex(of: "@") else { return nil }
        let local = given[..<at]
        let domain = given[given.index(after: at)...]
        guard (1...64).contains(local.utf8.count), local.utf8.allSatisfy(EmailAddress.isLocal), !local.hasPrefix("."), !local.hasSuffix(".") else {
            return nil
        }
        let labels = domain.split(separator: ".", omittingEmptySubsequences: false)
        guard
            labels.allSatisfy({ label in
                (1...63).contains(label.utf8.count) && label.utf8.allSatisfy(EmailAddress.isHost) && !label.hasPrefix("-") && !label.hasSuffix("-")
            })
        else { return nil }
        text = given.lowercased()
    }

    /// Letters of the unquoted form, and any beyond ASCII (RFC 5322, 3.4.1; RFC 6531).
    private static func isLocal(_ byte: UInt8) -> Bool {
        switch byte {
        case 0...0x20, 0x7f: false
        case UInt8(ascii: "\""), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: ";"),
            UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "@"), UInt8(ascii: "["), UInt8(ascii: "\\"), UInt8(ascii: "]"):
            false
        default: true
        }
    }

    private static func isHost(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), 0x80...:
            true
        default: false
        }
    }
}
