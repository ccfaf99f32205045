import HTTPTypes
import Hummingbird
import MatrixAPI
import MatrixModel
import NIOCore

/// The HTTP form of answers and errors.
enum Rendering {
    /// `range` is the request's `Range` field, for answers of which a part can be asked for.
    static func response(_ answer: any EndpointResponse, range: String? = nil) -> Response {
        var fields = HTTPFields()
        for header in answer.headers {
            guard let name = HTTPField.Name(header.name) else { continue }
            fields.append(HTTPField(name: name, value: header.value))
        }
        let payload = answer.payload
        if case .source(let source, let contentType) = payload {
            fields[.contentType] = contentType
            return response(source, status: answer.status, fields: fields, range: range)
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
