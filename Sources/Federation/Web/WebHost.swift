/// The host of a web address, as it goes into requests (URL Standard, "Host parsing").
struct WebHost: Hashable, Sendable {
    let kind: PeerRoute.Host
    /// The host in ASCII and lower case, an IPv6 address in brackets.
    let text: String

    /// Nil where it is no host.
    init?(_ text: some StringProtocol) {
        if text.hasPrefix("[") {
            guard text.hasSuffix("]"), let address = IPAddress(text.dropFirst().dropLast()), !address.isIPv4 else { return nil }
            self.init(address)
            return
        }
        guard let decoded = String(validating: PercentCoding.decode(text.utf8), as: UTF8.self), let name = WebHost.ascii(decoded) else { return nil }
        if WebHost.endsInNumber(name) {
            guard let address = WebHost.numbers(name) else { return nil }
            self.init(address)
            return
        }
        self.init(kind: .name(name), text: name)
    }

    private init(_ address: IPAddress) {
        self.init(kind: .address(address), text: address.isIPv4 ? address.description : "[\(address)]")
    }

    private init(kind: PeerRoute.Host, text: String) {
        self.kind = kind
        self.text = text
    }

    /// The name in ASCII; nil where it has what no name may have.
    private static func ascii(_ text: String) -> String? {
        var labels: [String] = []
        // What stands for what could not be read.
        guard !text.unicodeScalars.contains("\u{fffd}") else { return nil }
        for label in mapped(text).split(separator: ".", omittingEmptySubsequences: false) {
            if label.hasPrefix("xn--") {
                guard let decoded = Punycode.decode(label.dropFirst(4)), decoded.contains(where: { !$0.isASCII }) else { return nil }
                labels.append(String(label))
            } else if label.unicodeScalars.allSatisfy(\.isASCII) {
                labels.append(String(label))
            } else {
                guard let encoded = Punycode.encode(Array(label.unicodeScalars)) else { return nil }
                labels.append("xn--" + encoded)
            }
        }
        let name = labels.joined(separator: ".")
        guard !name.isEmpty, name.utf8.count <= maximumBytes, name.utf8.allSatisfy({ isPermitted($0) }) else { return nil }
        return name
    }

    private static let maximumBytes = 253 + 1

    /// The mapping of UTS 46 as far as names in use need it: lower case, width, dots, and what is ignored. Characters that are not composed
    /// stay so.
    private static func mapped(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x3002, 0xff0e, 0xff61: result.append(".")
            case 0xff01...0xff5e:
                let narrow = Unicode.Scalar(UInt8(scalar.value - 0xff01 + 0x21))
                result.append(contentsOf: narrow.properties.lowercaseMapping.unicodeScalars)
            case 0xad, 0x34f, 0x180b...0x180f, 0x200b, 0x2060, 0x2064, 0xfe00...0xfe0f, 0xfeff: continue
            default: result.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
            }
        }
        return String(result)
    }

    /// Not one of the "forbidden domain code points".
    private static func isPermitted(_ byte: UInt8) -> Bool {
        guard byte > 0x20, byte < 0x7f else { return false }
        return !"#/:<>?@[\\]^|%".utf8.contains(byte)
    }

    private static func endsInNumber(_ name: String) -> Bool {
        var labels = name.split(separator: ".", omittingEmptySubsequences: false)
        if labels.last?.isEmpty == true {
            guard labels.count > 1 else { return false }
            labels.removeLast()
        }
        guard let last = labels.last, !last.isEmpty else { return false }
        // However large it is.
        return last.allSatisfy(\.isNumber) || last.hasPrefix("0x") && last.dropFirst(2).allSatisfy(\.isHexDigit)
    }

    /// An IPv4 address in any of the forms that browsers take: `127.1`, `0x7f000001`, `017700000001`.
    private static func numbers(_ name: String) -> IPAddress? {
        var labels = name.split(separator: ".", omittingEmptySubsequences: false)
        if labels.last?.isEmpty == true, labels.count > 1 { labels.removeLast() }
        let parts = labels.compactMap { number($0) }
        guard parts.count == labels.count, (1...4).contains(parts.count), let last = parts.last else { return nil }
        guard parts.dropLast().allSatisfy({ $0 <= 255 }), last < 1 << (8 * (5 - parts.count)) else { return nil }
        var value = last
        for (index, part) in parts.dropLast().enumerated() { value += part << (8 * (3 - index)) }
        return IPAddress(bytes: [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) })
    }

    private static func number(_ text: Substring) -> Int? {
        if text.hasPrefix("0x") { return text.count == 2 ? 0 : digits(text.dropFirst(2), radix: 16) }
        if text.hasPrefix("0"), text.count > 1 { return digits(text.dropFirst(), radix: 8) }
        return digits(text, radix: 10)
    }

    private static func digits(_ text: Substring, radix: Int) -> Int? {
        guard let first = text.first, first != "+", first != "-" else { return nil }
        return Int(text, radix: radix)
    }
}
