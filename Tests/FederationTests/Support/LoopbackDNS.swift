import NIOCore
import NIOPosix

/// A DNS server on 127.0.0.1 that answers from a table.
final class LoopbackDNS: Sendable {
    enum Record: Sendable {
        case address([UInt8])
        case service(priority: UInt16, weight: UInt16, port: UInt16, target: String)

        var type: UInt16 {
            switch self {
            case .address: 1
            case .service: 33
            }
        }
    }

    /// Names that were asked for, with the record type.
    let questions = Recorder<String>()
    private let channel: any Channel

    var servers: String { "127.0.0.1:\(channel.localAddress?.port ?? 0)" }

    /// `records` by lower-case name; other names do not exist.
    init(_ records: [String: [Record]]) async throws {
        let questions = self.questions
        channel = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Handler(records: records, questions: questions))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    func stop() async { try? await channel.close() }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = AddressedEnvelope<ByteBuffer>
        typealias OutboundOut = AddressedEnvelope<ByteBuffer>
        private let records: [String: [Record]]
        private let questions: Recorder<String>

        init(records: [String: [Record]], questions: Recorder<String>) {
            self.records = records
            self.questions = questions
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let envelope = unwrapInboundIn(data)
            guard let answer = answer(Array(envelope.data.readableBytesView)) else { return }
            let reply = AddressedEnvelope(remoteAddress: envelope.remoteAddress, data: ByteBuffer(bytes: answer))
            context.writeAndFlush(wrapOutboundOut(reply), promise: nil)
        }

        private func answer(_ query: [UInt8]) -> [UInt8]? {
            guard query.count > 16 else { return nil }
            var labels: [String] = []
            var index = 12
            while index < query.count, query[index] != 0 {
                let end = index + 1 + Int(query[index])
                guard end < query.count else { return nil }
                labels.append(String(decoding: query[index + 1..<end], as: UTF8.self))
                index = end
            }
            guard index + 5 <= query.count else { return nil }
            let type = UInt16(query[index + 1]) << 8 | UInt16(query[index + 2])
            let name = labels.joined(separator: ".").lowercased()
            questions.record("\(name) \(type)")
            let found = (records[name] ?? []).filter { $0.type == type }
            let code: UInt8 = records[name] == nil ? 3 : 0
            var reply = Array(query[0..<2]) + [0x81, 0x80 | code, 0, 1, 0, UInt8(found.count), 0, 0, 0, 0]
            reply += query[12..<index + 5]
            for record in found {
                let data = bytes(of: record)
                reply += [0xc0, 12, 0, UInt8(type), 0, 1, 0, 0, 0, 60, 0, UInt8(data.count)] + data
            }
            return reply
        }

        private func bytes(of record: Record) -> [UInt8] {
            switch record {
            case .address(let bytes): return bytes
            case .service(let priority, let weight, let port, let target):
                var data = [priority, weight, port].flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
                for label in target.split(separator: ".") { data += [UInt8(label.utf8.count)] + Array(label.utf8) }
                return data + [0]
            }
        }
    }
}
