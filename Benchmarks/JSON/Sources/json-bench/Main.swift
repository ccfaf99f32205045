import Crypto
import MatrixModel

@main
enum Main {
    static func main() throws {
        let samples = [
            ("canonical", Samples.canonical), ("unordered", Samples.unordered), ("spaced", Samples.spaced), ("japanese", Samples.japanese),
            ("escaped", Samples.escaped),
        ]
        for (name, text) in samples {
            let bytes = Array(text.utf8)
            let parsed = try JSON.parse(bytes)
            let parse = try leastNanoseconds { try JSON.parse(bytes).count }
            let write = try leastNanoseconds { try parsed.canonicalBytes().count }
            let read = leastNanoseconds { reads(parsed) }
            let tree = parsed.value
            let build = leastNanoseconds { tree.bytes().count }
            let strip = try leastNanoseconds {
                var output: [UInt8] = []
                try parsed.appendCanonical(to: &output, omitting: ["signatures", "unsigned"])
                return output.count
            }
            let hash = leastNanoseconds { Int(Array(SHA256.hash(data: bytes))[0]) }
            let whole = try leastNanoseconds { try pipeline(bytes) }
            print("\(name), \(bytes.count) bytes: parse \(show(parse)), canonical \(show(write)), without two keys \(show(strip)), six fields \(show(read)), tree \(show(build)),")
            print("  SHA-256 \(show(hash)), parse + canonical + two SHA-256 \(show(whole))")
        }
    }

    /// What receiving one event does: a content hash without three members, a reference hash of the whole.
    static func pipeline(_ bytes: [UInt8]) throws -> Int {
        let json = try JSON.parse(bytes)
        let canonical = try json.canonicalBytes()
        let first = Array(SHA256.hash(data: canonical))
        let second = Array(SHA256.hash(data: canonical))
        return Int(first[0]) + Int(second[1])
    }

    static func reads(_ json: JSON) -> Int {
        var sum = json["depth"]?.integer ?? 0
        for key in ["type", "sender", "room_id"] { sum += json[key]?.string?.utf8.count ?? 0 }
        sum += json["prev_events"]?.count ?? 0
        sum += json["content"]?["msgtype"]?.string?.utf8.count ?? 0
        return sum
    }

    static func show(_ nanoseconds: Double) -> String {
        let hundredths = Int((nanoseconds / 10).rounded())
        let fraction = hundredths % 100
        return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction) µs"
    }
}
