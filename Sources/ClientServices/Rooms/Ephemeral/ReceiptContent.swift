import MatrixModel
import Storage

/// Receipts as clients and servers tell each other of them (client-server API, "Receipts").
enum ReceiptContent {
    /// The events of `/sync`: one, or more where a person has receipts of several threads on one event, which one event cannot hold.
    static func events(_ receipts: [Receipt]) -> [JSONValue] {
        // By event, type and user.
        var contents: [[String: [String: [String: JSONValue]]]] = []
        for receipt in receipts {
            let (event, type, user) = (receipt.event.description, receipt.type, receipt.user.description)
            let place = contents.firstIndex { $0[event]?[type]?[user] == nil } ?? contents.count
            if place == contents.count { contents.append([:]) }
            contents[place][event, default: [:]][type, default: [:]][user] = data(receipt)
        }
        return contents.map { content in
            ["type": "m.receipt", "content": .object(content.mapValues { .object($0.mapValues { .object($0) }) })]
        }
    }

    /// `ts` and `thread_id`.
    static func data(_ receipt: Receipt) -> JSONValue {
        var data: JSONValue = ["ts": .integer(receipt.timestamp)]
        if let thread = receipt.thread { data["thread_id"] = .string(thread) }
        return data
    }
}
