import HTTPTypes
import Hummingbird
import MatrixAPI
import MatrixModel

extension Rendering {
    /// The first form of a body that the client takes; 304 where the client says that it has that one.
    static func response(
        _ representations: Representations, status: Int, fields: HTTPFields, request: HTTPFields, range: String?
    ) -> Response {
        let accepted = AcceptedEncodings(fields: request[values: .acceptEncoding])
        var fields = fields
        if representations.variants.count > 1 { fields[.vary] = "Accept-Encoding" }
        for variant in representations.variants where variant.encoding.map({ accepted.takes($0) }) ?? true {
            fields[.eTag] = variant.entityTag
            if matches(request[values: .ifNoneMatch], variant.entityTag) {
                fields[.contentType] = nil
                return Response(status: .notModified, headers: fields)
            }
            guard let source = variant.open() else { continue }
            fields[.contentEncoding] = variant.encoding
            return response(source, status: status, fields: fields, range: range)
        }
        return response(.notFound("There is no such file."))
    }

    /// Whether an `If-None-Match` field names the tag; the comparison is weak, as for reads it has to be (RFC 9110, 13.1.2).
    private static func matches(_ fields: [String], _ entityTag: String) -> Bool {
        fields.contains { field in
            field.split(separator: ",").contains { entry in
                var entry = entry.drop { $0 == " " }
                while entry.last == " " { entry.removeLast() }
                if entry == "*" { return true }
                return (entry.hasPrefix("W/") ? entry.dropFirst(2) : entry) == entityTag
            }
        }
    }
}
