import NIOCore
import NIOPosix
import NIOSSL

/// An answer as it stood on the wire.
struct RawAnswer {
    let status: Int
    /// Names in lower case.
    let headers: [(name: String, value: String)]
    let body: String

    subscript(header name: String) -> String? { headers.first { $0.name == name }?.value }

    init?(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
        guard let first = lines.first, let code = first.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else { return nil }
        status = code
        var headers: [(name: String, value: String)] = []
        var index = 1
        while index < lines.count, !lines[index].isEmpty {
            let parts = lines[index].split(separator: ":", maxSplits: 1)
            headers.append((parts[0].lowercased(), parts.count > 1 ? String(parts[1].drop { $0 == " " }) : ""))
            index += 1
        }
        self.headers = headers
        body = lines.dropFirst(index + 1).joined(separator: "\r\n")
    }
}

/// Writes bytes to a socket and reads what comes back: nothing between the test and the wire.
struct RawClient {
    let port: Int
    var tls: NIOSSLContext?
    var address = "127.0.0.1"

    /// One request with `Connection: close`, its answer read to the end.
    func request(_ method: String, _ path: String, headers: [(String, String)] = [], body: String? = nil) async throws -> RawAnswer {
        var text = "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        for (name, value) in headers { text += "\(name): \(value)\r\n" }
        if let body { text += "Content-Length: \(body.utf8.count)\r\n" }
        return try await send(text + "\r\n" + (body ?? ""))
    }

    /// Writes the text and reads until the server closes.
    func send(_ text: String) async throws -> RawAnswer {
        let channel = try await connect()
        let bytes = try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: text))
            var bytes: [UInt8] = []
            do {
                for try await buffer in inbound { bytes.append(contentsOf: buffer.readableBytesView) }
            } catch is NIOSSLError {
                // The server closes TLS without waiting for the answer to its own close.
            }
            return bytes
        }
        guard let answer = RawAnswer(bytes) else { throw RawClientError.noAnswer }
        return answer
    }

    func connect() async throws -> NIOAsyncChannel<ByteBuffer, ByteBuffer> {
        let tls = tls
        return try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(host: address, port: port) { channel in
            channel.eventLoop.makeCompletedFuture {
                if let tls {
                    try channel.pipeline.syncOperations.addHandler(NIOSSLClientHandler(context: tls, serverHostname: "localhost"))
                }
                return try NIOAsyncChannel(wrappingChannelSynchronously: channel)
            }
        }
    }
}

enum RawClientError: Error {
    case noAnswer
}
