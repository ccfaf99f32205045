import Federation

/// From where an address of this machine can be reached.
enum AddressScope {
    case thisMachine
    /// The machine's own network: private and link-local ranges.
    case ownNetwork
    case anywhere

    /// Names other than `localhost` count as reachable from anywhere, as do the unspecified addresses.
    init(of address: String) {
        if address == "localhost" {
            self = .thisMachine
            return
        }
        guard let bytes = IPAddress(address)?.bytes else {
            self = .anywhere
            return
        }
        self = bytes.count == 4 ? AddressScope(ofIPv4: bytes) : AddressScope(ofIPv6: bytes)
    }

    private init(ofIPv4 bytes: [UInt8]) {
        switch (bytes[0], bytes[1]) {
        case (127, _): self = .thisMachine
        case (10, _), (172, 16...31), (192, 168), (169, 254): self = .ownNetwork
        default: self = .anywhere
        }
    }

    private init(ofIPv6 bytes: [UInt8]) {
        if bytes.dropLast().allSatisfy({ $0 == 0 }), bytes.last == 1 {
            self = .thisMachine
        } else if bytes[0] & 0xfe == 0xfc || (bytes[0] == 0xfe && bytes[1] & 0xc0 == 0x80) {
            self = .ownNetwork
        } else {
            self = .anywhere
        }
    }
}
