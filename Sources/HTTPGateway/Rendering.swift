import HTTPTypes
import Hummingbird
import MatrixAPI
import MatrixModel
import NIOCore

/// The HTTP form of answers and errors.
enum Rendering {
    /// `request` are the fields of the request, for answers of which a part or one of several forms is sent.
    static func response(_ answer: any EndpointResponse, to request: HTTPFields) -> Response {
        var fields = HTTPFields()
        for header in answer.headers {
            guard let name = HTTPField.Name(header.name) else { continue }
            fields.append(HTTPField(name: name, value: header.value))
        }
        let payload = answer.payload
        // "If-Range" asks for the whole where the part would be of another version, which is always a right answer.
        let range = request.contains(.ifRange) ? nil : request[.range]
        if case .source(let source, let contentType) = payload {
            fields[.contentType] = contentType
            return response(source, status: answer.status, fields: fields, range: range)
        }
        if case .representations(let representations, let contentType) = payload {
            fields[.contentType] = contentType
            return response(representations, status: answer.status, fields: fields, request: request, range: range)
        }
        let (bytes, contentType) = payload.encoded()
        fields[.contentType] = contentType
        return Response(
            status: HTTPResponse.Status(code: answer.status), headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// The standard error response (client-server API, "Standard error response"); `retry_after_ms` is also a `Retry-After` header.
    static func response(_ error: MatrixError) -> Response {
        var fields: HTTPFields = [.contentType: "application/json"]
        if let milliseconds = error.extra["retry_after_ms"]?.integer {
            fields[.retryAfter] = String((max(0, milliseconds) + 999) / 1000)
        }
        return Response(
            status: HTTPResponse.Status(code: error.status), headers: fields,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: error.body.bytes())))
    }
}
