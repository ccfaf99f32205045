import HTTPTypes
import Hummingbird
import MatrixAPI
import NIOCore
import NIOPosix

extension Rendering {
    /// A body that is read piece by piece while it is sent, or the part of it that the client asks for.
    static func response(_ source: ByteSource, status: Int, fields: HTTPFields, range: String?) -> Response {
        var fields = fields
        var sent = 0..<source.count
        var status = status
        if source.allowsRanges, status == 200 {
            fields[.acceptRanges] = "bytes"
            switch ByteRange(field: range, count: source.count) {
            case .whole: break
            case .part(let part):
                sent = part
                status = 206
                fields[.contentRange] = "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(source.count)"
            case .unsatisfiable:
                fields[.contentRange] = "bytes */\(source.count)"
                return Response(status: .rangeNotSatisfiable, headers: fields)
            }
        }
        return Response(status: HTTPResponse.Status(code: status), headers: fields, body: body(of: source, sent))
    }

    /// Reading may block, so it is done on the thread pool for such work; the next piece is read when the one before was taken.
    private static func body(of source: ByteSource, _ range: Range<Int>) -> ResponseBody {
        ResponseBody(contentLength: range.count) { writer in
            var offset = range.lowerBound
            while offset < range.upperBound {
                let (start, count) = (offset, min(Limits.pieceBytes, range.upperBound - offset))
                let bytes = try await NIOThreadPool.singleton.runIfActive { try source.read(start, count) }
                // The length is announced already: a source that ends early can only be told by breaking the connection off.
                guard !bytes.isEmpty else { throw ChannelError.eof }
                try await writer.write(ByteBuffer(bytes: bytes.prefix(count)))
                offset += min(bytes.count, count)
            }
            try await writer.finish(nil)
        }
    }
}
