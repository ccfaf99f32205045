import HTTPTypes
import Hummingbird
import MatrixAPI
import MatrixModel
import NIOCore

/// Reads a request's body within its endpoint's bound.
enum RequestBodyReading {
    /// 413 `M_TOO_LARGE` where the body is longer; nothing is read where its length is announced to be.
    static func bytes(of request: Request, upTo maximumBytes: Int) async throws -> [UInt8] {
        if request.method == .get || request.method == .head { return [] }
        let announced = announcedBytes(of: request)
        if let announced, announced > maximumBytes { throw tooLarge(maximumBytes) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(announced ?? 0)
        for try await buffer in request.body {
            guard bytes.count + buffer.readableBytes <= maximumBytes else { throw tooLarge(maximumBytes) }
            bytes.append(contentsOf: buffer.readableBytesView)
        }
        if let announced, bytes.count < announced { throw CancellationError() }
        return bytes
    }

    /// The body for a handler that reads it itself; its bound is the handler's, since it may be a setting.
    static func stream(of request: Request) -> BodyStream {
        let announced = announcedBytes(of: request)
        let body = request.body
        return BodyStream(announcedBytes: announced) { take in
            var count = 0
            for try await buffer in body {
                count += buffer.readableBytes
                try await take(Array(buffer.readableBytesView)[...])
            }
            if let announced, count < announced { throw CancellationError() }
        }
    }

    private static func announcedBytes(of request: Request) -> Int? { request.headers[.contentLength].flatMap { Int($0) } }

    private static func tooLarge(_ maximumBytes: Int) -> MatrixError {
        MatrixError(413, .tooLarge, "The body is longer than \(maximumBytes) bytes.")
    }
}
