import Glibc

/// An IP address by its bytes.
public struct IPAddress: Hashable, Sendable, CustomStringConvertible {
    /// In network order: 4 of IPv4, 16 of IPv6.
    public let bytes: [UInt8]

    /// Nil where the count is neither 4 nor 16.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.bytes = Array(bytes)
    }

    /// Reads dotted-decimal IPv4 or IPv6 without brackets and zone; nil where it is neither.
    public init?(_ text: some StringProtocol) {
        let text = String(text)
        for (family, length) in [(AF_INET, 4), (AF_INET6, 16)] {
            var bytes = [UInt8](repeating: 0, count: length)
            guard inet_pton(family, text, &bytes) == 1 else { continue }
            self.bytes = bytes
            return
        }
        return nil
    }

    public var isIPv4: Bool { bytes.count == 4 }

    /// The IPv4 address inside a mapped, compatible, translated (NAT64) or 6to4 address.
    var embeddedIPv4: IPAddress? {
        guard !isIPv4 else { return nil }
        let isCompatible = bytes[0..<12].allSatisfy { $0 == 0 }
        let isMapped = bytes[0..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xff && bytes[11] == 0xff
        let isTranslated = Array(bytes[0..<12]) == [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0]
        if isCompatible || isMapped || isTranslated { return IPAddress(bytes: bytes[12..<16]) }
        if bytes[0] == 0x20, bytes[1] == 0x02 { return IPAddress(bytes: bytes[2..<6]) }
        return nil
    }

    public var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = isIPv4 ? AF_INET : AF_INET6
        guard inet_ntop(family, bytes, &text, socklen_t(text.count)) != nil else { return "?" }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

/// A block of addresses, `address/prefix` (CIDR).
public struct AddressRange: Hashable, Sendable {
    public let base: IPAddress
    /// The count of leading bits that must agree.
    public let prefixLength: Int

    /// Reads `10.0.0.0/8`, `fc00::/7`, or a single address; nil where malformed.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let base = parts.first.flatMap({ IPAddress($0) }) else { return nil }
        let bits = base.bytes.count * 8
        if parts.count == 1 {
            prefixLength = bits
        } else {
            guard let length = Int(parts[1]), (0...bits).contains(length) else { return nil }
            prefixLength = length
        }
        self.base = base
    }

    public func contains(_ address: IPAddress) -> Bool {
        guard address.bytes.count == base.bytes.count else { return false }
        var remaining = prefixLength
        for index in address.bytes.indices where remaining > 0 {
            let mask: UInt8 = remaining >= 8 ? 0xff : ~(0xff >> UInt8(remaining))
            guard address.bytes[index] & mask == base.bytes[index] & mask else { return false }
            remaining -= 8
        }
        return true
    }
}
