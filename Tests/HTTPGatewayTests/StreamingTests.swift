import MatrixAPI
import MatrixModel
import Testing

@testable import HTTPGateway

@Suite struct StreamingTests {
    /// Counts the bytes of a body that it reads itself, and refuses more than 300,000.
    private enum Upload: Endpoint {
        typealias Caller = UserCaller
        typealias Response = JSONResponse
        static let route = Route(.post, "/_matrix/media/v3/upload", limit: .media, streamsBody: true)

        struct Request: EndpointRequest {
            let body: BodyStream?
            let buffered: Int
            init(_ input: RequestInput) throws(MatrixError) {
                body = input.bodyStream
                buffered = input.bodyBytes.count
            }
        }
    }

    private enum Download: Endpoint {
        typealias Caller = PublicCaller
        typealias Request = EmptyRequest
        static let route = Route(.get, "/_matrix/media/v3/file", limit: .media)

        struct Response: EndpointResponse {
            let source: ByteSource
            var payload: Payload { .source(source, contentType: "text/plain") }
        }
    }

    /// A body of 200,000 bytes, more than three pieces.
    private static let file = Array((0..<20_000).map { String($0 + 10_000_000_0) }.joined().utf8.prefix(200_000))

    private var table: RouteTable {
        var table = RouteTable()
        table.on(Upload.self) { _, request in
            var count = 0
            try await request.body?.forEach { piece in
                count += piece.count
                guard count <= 300_000 else { throw MatrixError(413, .tooLarge, "Too much.") }
            }
            return JSONResponse(["streamed": .integer(count), "buffered": .integer(request.buffered)])
        }
        table.on(Download.self) { _, _ in
            Download.Response(
                source: ByteSource(count: StreamingTests.file.count, allowsRanges: true) { offset, count in
                    Array(StreamingTests.file[offset..<min(offset + count, StreamingTests.file.count)])
                })
        }
        return table
    }

    @Test func `a streamed body reaches the handler whole, whatever the bound of bodies in memory`() async throws {
        try await RunningGateway.with(table) { gateway in
            let path = "/_matrix/media/v3/upload?access_token=alice"
            let fits = try await gateway.client.request("POST", path, body: String(repeating: "x", count: 250_000))
            #expect(fits.body == #"{"buffered":0,"streamed":250000}"#)
            let chunk = "40\r\n" + String(repeating: "y", count: 64) + "\r\n"
            let chunked = try await gateway.client.send(
                "POST \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk + chunk + "0\r\n\r\n")
            #expect(chunked.body == #"{"buffered":0,"streamed":128}"#)
            let refused = try await gateway.client.request("POST", path, body: String(repeating: "x", count: 300_001))
            #expect(refused.status == 413)
            let unknown = try await gateway.client.request("POST", "/_matrix/media/v3/upload?access_token=mallory", body: "x")
            #expect(unknown.status == 401)
        }
    }

    @Test func `a source is sent whole, in parts or by its head alone`() async throws {
        try await RunningGateway.with(table) { gateway in
            let path = "/_matrix/media/v3/file"
            let file = String(decoding: StreamingTests.file, as: UTF8.self)
            let whole = try await gateway.client.request("GET", path)
            #expect(whole.status == 200)
            #expect(whole[header: "content-length"] == "\(file.utf8.count)")
            #expect(whole[header: "accept-ranges"] == "bytes")
            #expect(whole.body == file)
            let part = try await gateway.client.request("GET", path, headers: [("Range", "bytes=9-99999")])
            #expect(part.status == 206)
            #expect(part[header: "content-range"] == "bytes 9-99999/\(file.utf8.count)")
            #expect(part.body == String(decoding: StreamingTests.file[9...99_999], as: UTF8.self))
            let beyond = try await gateway.client.request("GET", path, headers: [("Range", "bytes=900000-")])
            #expect(beyond.status == 416)
            #expect(beyond[header: "content-range"] == "bytes */\(file.utf8.count)")
            let conditional = try await gateway.client.request("GET", path, headers: [("Range", "bytes=0-8"), ("If-Range", "\"other\"")])
            #expect(conditional.status == 200)
            let head = try await gateway.client.request("HEAD", path)
            #expect(head[header: "content-length"] == "\(file.utf8.count)")
            #expect(head.body.isEmpty)
        }
    }

    @Test(arguments: [
        ("bytes=0-0", ByteRange.part(0..<1)), ("bytes=5-", .part(5..<10)), ("bytes=-3", .part(7..<10)), ("bytes=-30", .part(0..<10)),
        ("bytes=8-20", .part(8..<10)), ("bytes=10-", .unsatisfiable), ("bytes=-0", .unsatisfiable), ("bytes=3-2", .whole),
        ("bytes=0-1,4-5", .whole), ("bytes=-", .whole), ("lines=0-1", .whole), ("bytes=a-b", .whole), ("bytes", .whole),
        ("bytes=0-99999999999999999999", .whole),
    ])
    func `ranges are read as the RFC has them`(field: String, expected: ByteRange) {
        #expect(ByteRange(field: field, count: 10) == expected)
    }
}
