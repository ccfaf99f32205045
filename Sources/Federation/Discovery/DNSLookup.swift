import CAres
import Glibc

/// Blocking DNS lookups through c-ares, each with a channel of its own; run on a thread pool.
struct DNSLookup: Sendable {
    /// Servers to ask in place of the machine's, as `address:port,…`; for tests and unusual networks.
    let servers: String?
    private static let timeoutMilliseconds: Int32 = 3_000
    private static let tries: Int32 = 2

    /// What a finished lookup gave; written by the callback within `run`.
    private final class Outcome {
        var status: Int32 = ARES_SUCCESS
        var isDone = false
        var addresses: [IPAddress] = []
        var records: [ServiceRecord] = []
    }

    /// The addresses of a name, in the order to try them (RFC 6724); empty where the name has none.
    func addresses(of name: String) throws(TransportError) -> [IPAddress] {
        let outcome = try run { channel, outcome in
            var hints = ares_addrinfo_hints()
            hints.ai_family = AF_UNSPEC
            hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
            ares_getaddrinfo(channel, name, nil, &hints, DNSLookup.receiveAddresses, outcome)
        }
        switch outcome.status {
        case ARES_SUCCESS: return outcome.addresses
        case ARES_ENOTFOUND, ARES_ENODATA: return []
        default: throw .unresolved(DNSLookup.text(of: outcome.status))
        }
    }

    /// The SRV records of a name, unordered; empty where there are none.
    func services(of name: String) throws(TransportError) -> [ServiceRecord] {
        let outcome = try run { channel, outcome in
            ares_query(channel, name, DNSLookup.internetClass, DNSLookup.serviceType, DNSLookup.receiveServices, outcome)
        }
        switch outcome.status {
        case ARES_SUCCESS: return outcome.records
        case ARES_ENOTFOUND, ARES_ENODATA: return []
        default: throw .unresolved(DNSLookup.text(of: outcome.status))
        }
    }

    private static let internetClass: Int32 = 1
    private static let serviceType: Int32 = 33

    private func run(_ start: (ares_channel?, UnsafeMutableRawPointer) -> Void) throws(TransportError) -> Outcome {
        var options = ares_options()
        options.timeout = DNSLookup.timeoutMilliseconds
        options.tries = DNSLookup.tries
        var channel: ares_channel?
        let status = ares_init_options(&channel, &options, ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES)
        guard status == ARES_SUCCESS else { throw .unresolved(DNSLookup.text(of: status)) }
        defer { ares_destroy(channel) }
        if let servers {
            let status = ares_set_servers_ports_csv(channel, servers)
            guard status == ARES_SUCCESS else { throw .unresolved(DNSLookup.text(of: status)) }
        }
        let outcome = Outcome()
        // The channel is gone, and with it every callback, before `outcome` is: `ares_destroy` runs in this scope's exit.
        start(channel, Unmanaged.passUnretained(outcome).toOpaque())
        while !outcome.isDone, DNSLookup.poll(channel) {}
        guard outcome.isDone else { throw .timeout }
        return outcome
    }

    /// Waits for one round of the channel's sockets; false where it has none left.
    private static func poll(_ channel: ares_channel?) -> Bool {
        var sockets = [ares_socket_t](repeating: -1, count: Int(ARES_GETSOCK_MAXNUM))
        let mask = ares_getsock(channel, &sockets, ARES_GETSOCK_MAXNUM)
        var polled: [pollfd] = []
        for index in sockets.indices {
            var events: Int16 = 0
            if mask & (1 << Int32(index)) != 0 { events |= Int16(POLLIN) }
            if mask & (1 << Int32(index + sockets.count)) != 0 { events |= Int16(POLLOUT) }
            if events != 0 { polled.append(pollfd(fd: sockets[index], events: events, revents: 0)) }
        }
        guard !polled.isEmpty else { return false }
        var time = timeval()
        ares_timeout(channel, nil, &time)
        let milliseconds = min(max(time.tv_sec * 1_000 + Int(time.tv_usec) / 1_000, 1), Int(timeoutMilliseconds))
        let count = Glibc.poll(&polled, nfds_t(polled.count), Int32(milliseconds))
        let none: ares_socket_t = -1
        if count <= 0 { ares_process_fd(channel, none, none) }
        for entry in polled where entry.revents != 0 {
            let isReadable = entry.revents & Int16(POLLIN | POLLERR | POLLHUP) != 0
            let isWritable = entry.revents & Int16(POLLOUT) != 0
            ares_process_fd(channel, isReadable ? entry.fd : none, isWritable ? entry.fd : none)
        }
        return true
    }

    private static let receiveAddresses: ares_addrinfo_callback = { argument, status, _, result in
        guard let argument = argument else { return }
        let outcome = Unmanaged<Outcome>.fromOpaque(argument).takeUnretainedValue()
        outcome.isDone = true
        outcome.status = status
        var node = result?.pointee.nodes
        while let current = node {
            if let address = current.pointee.ai_addr, let parsed = DNSLookup.address(in: address) {
                outcome.addresses.append(parsed)
            }
            node = current.pointee.ai_next
        }
        if let result = result { ares_freeaddrinfo(result) }
    }

    private static func address(in socketAddress: UnsafeMutablePointer<sockaddr>) -> IPAddress? {
        // `sockaddr_in` has its four bytes at offset 4, `sockaddr_in6` its sixteen at offset 8; c-ares gives whole ones of the family's size.
        let raw = UnsafeRawPointer(socketAddress)
        switch Int32(socketAddress.pointee.sa_family) {
        case AF_INET: return IPAddress(bytes: Array(UnsafeRawBufferPointer(start: raw + 4, count: 4)))
        case AF_INET6: return IPAddress(bytes: Array(UnsafeRawBufferPointer(start: raw + 8, count: 16)))
        default: return nil
        }
    }

    private static let receiveServices: ares_callback = { argument, status, _, answer, length in
        guard let argument = argument else { return }
        let outcome = Unmanaged<Outcome>.fromOpaque(argument).takeUnretainedValue()
        outcome.isDone = true
        outcome.status = status
        guard status == ARES_SUCCESS else { return }
        var first: UnsafeMutablePointer<ares_srv_reply>?
        outcome.status = ares_parse_srv_reply(answer, length, &first)
        var record = first
        while let current = record {
            if let host = current.pointee.host {
                outcome.records.append(
                    ServiceRecord(
                        priority: Int(current.pointee.priority), weight: Int(current.pointee.weight),
                        port: Int(current.pointee.port), target: String(cString: host)))
            }
            record = current.pointee.next
        }
        if let first = first { ares_free_data(first) }
    }

    private static func text(of status: Int32) -> String {
        ares_strerror(status).map { String(cString: $0) } ?? "status \(status)"
    }
}
