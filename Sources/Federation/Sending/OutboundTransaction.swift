import MatrixModel
import Storage

/// A transaction on its way: sent again under the same identifier and with the same contents until it is acknowledged.
struct OutboundTransaction: Sendable {
    let id: String
    /// The outbox positions that it covers: after the first, through the second; equal where it has no events.
    let after: Position
    let through: Position
    /// How many events it has.
    let events: Int
    let messages: [OutboundMessage]
    /// What of the messages is kept until acknowledged.
    let durable: DurableBatch

    /// The body, as canonical JSON; `pdus` are event texts in canonical form.
    static func body(origin: ServerName, now: Int, pdus: [[UInt8]], messages: [OutboundMessage]) -> [UInt8] {
        var body: [UInt8] = []
        body.reserveCapacity(pdus.reduce(512) { $0 + $1.count + 1 })
        body.append(contentsOf: "{\"edus\":".utf8)
        JSONValue.array(OutboundMessage.edus(messages)).appendBytes(to: &body)
        body.append(contentsOf: ",\"origin\":".utf8)
        JSONValue.string(origin.description).appendBytes(to: &body)
        body.append(contentsOf: ",\"origin_server_ts\":\(now),\"pdus\":[".utf8)
        for (index, pdu) in pdus.enumerated() {
            if index > 0 { body.append(UInt8(ascii: ",")) }
            body.append(contentsOf: pdu)
        }
        body.append(contentsOf: "]}".utf8)
        return body
    }
}
