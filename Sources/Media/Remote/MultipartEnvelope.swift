/// Where in a `multipart/mixed` file the content lies, and what its part says of it (server-server API, "Content Repository").
struct MultipartEnvelope {
    let contentStart: Int
    let contentEnd: Int
    let contentType: String?
    let contentDisposition: String?
    /// Where the content is to be fetched, where it is not in the file.
    let location: String?

    /// Bytes at the start within which the content begins, and at the end within which it ends.
    private static let headBytes = 32 << 10
    private static let tailBytes = 4 << 10

    /// Nil where the file is not of that form. `read` gives bytes of the file, whose length is `count`.
    init?(contentType field: String?, count: Int, read: (_ offset: Int, _ count: Int) throws -> [UInt8]) throws {
        guard let boundary = MultipartEnvelope.boundary(field) else { return nil }
        let delimiter = Array("--\(boundary)".utf8)
        let head = try read(0, min(count, MultipartEnvelope.headBytes))
        // The first part is the object, which says nothing yet; its delimiter may stand at the very start or after a preamble.
        guard let first = MultipartEnvelope.find(delimiter, in: head, from: 0),
            let second = MultipartEnvelope.find([13, 10] + delimiter, in: head, from: first + delimiter.count),
            let fieldsEnd = MultipartEnvelope.find([13, 10, 13, 10], in: head, from: second + 2)
        else { return nil }
        contentStart = fieldsEnd + 4
        let fieldsStart = second + 2 + delimiter.count
        let fields = fieldsStart < fieldsEnd ? MultipartEnvelope.fields(head[fieldsStart..<fieldsEnd]) : [:]
        contentType = fields["content-type"]
        contentDisposition = fields["content-disposition"]
        location = fields["location"]
        // The delimiter is unpredictable to whoever made the content, so the last one is the one that ends it.
        let tailStart = max(contentStart - 2, count - MultipartEnvelope.tailBytes)
        let tail = try read(tailStart, count - tailStart)
        guard let end = MultipartEnvelope.findLast([13, 10] + delimiter, in: tail), tailStart + end >= contentStart - 2 else { return nil }
        contentEnd = max(tailStart + end, contentStart)
    }

    private static func boundary(_ field: String?) -> String? {
        guard let field, field.lowercased().hasPrefix("multipart/") else { return nil }
        for parameter in field.split(separator: ";").dropFirst() {
            let pair = parameter.split(separator: "=", maxSplits: 1)
            guard pair.count == 2, pair[0].filter({ $0 != " " }).lowercased() == "boundary" else { continue }
            let value = pair[1].filter { $0 != "\"" && $0 != " " }
            // RFC 2046, 5.1.1: 1 to 70 characters.
            return (1...70).contains(value.utf8.count) ? String(value) : nil
        }
        return nil
    }

    private static func fields(_ bytes: ArraySlice<UInt8>) -> [String: String] {
        var fields: [String: String] = [:]
        for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
            guard let colon = line.firstIndex(of: ":") else { continue }
            fields[line[..<colon].lowercased()] = String(line[line.index(after: colon)...].drop { $0 == " " })
        }
        return fields
    }

    private static func find(_ pattern: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        guard start >= 0, bytes.count >= pattern.count, start <= bytes.count - pattern.count else { return nil }
        for index in start...(bytes.count - pattern.count) where bytes[index..<index + pattern.count].elementsEqual(pattern) { return index }
        return nil
    }

    private static func findLast(_ pattern: [UInt8], in bytes: [UInt8]) -> Int? {
        guard bytes.count >= pattern.count else { return nil }
        for index in stride(from: bytes.count - pattern.count, through: 0, by: -1)
        where bytes[index..<index + pattern.count].elementsEqual(pattern) { return index }
        return nil
    }
}
