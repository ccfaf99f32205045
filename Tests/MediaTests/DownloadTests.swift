import MatrixAPI
import MatrixModel
import Media
import Testing

struct DownloadTests {
    @Test func `the deprecated endpoints give nothing that came after the freeze`() async throws {
        let server = try await MediaServer("a.test")
        let mxc = try await server.upload([1])
        for answer in [
            await server.call(DownloadFrozenMedia.self, as: MediaServer.anybody, mxc: mxc),
            await server.call(DownloadFrozenMediaAs.self, as: MediaServer.anybody, mxc: mxc, fileName: "x"),
            await server.call(
                GetFrozenMediaThumbnail.self, as: MediaServer.anybody, mxc: mxc, query: [("width", "32"), ("height", "32")]),
        ] {
            #expect(answer.status == 404)
            #expect(answer.code == "M_NOT_FOUND")
        }
        await server.shutDown()
    }

    @Test func `the deprecated endpoints give everything where the operator says so`() async throws {
        var settings = MediaRepository.Settings()
        settings.allowsUnauthenticatedDownloads = true
        let server = try await MediaServer("a.test", settings: settings)
        let mxc = try await server.upload([1])
        #expect(await server.call(DownloadFrozenMedia.self, as: MediaServer.anybody, mxc: mxc).body == [1])
        await server.shutDown()
    }

    @Test(arguments: [
        ("text/html", "attachment"), ("image/svg+xml", "attachment"), ("application/octet-stream", "attachment"), ("image/png", "inline"),
        ("IMAGE/PNG; x=y", "inline"), ("text/plain; charset=utf-8", "inline"), ("application/xhtml+xml", "attachment"),
    ])
    func `only types that run nothing are shown inline`(_ type: String, _ disposition: String) async throws {
        let server = try await MediaServer("a.test")
        let mxc = try await server.upload(Array("<script>alert(1)</script>".utf8), type: type)
        let answer = await server.call(DownloadMedia.self, mxc: mxc)
        #expect(answer.contentType == type)
        #expect(answer.header("Content-Disposition") == disposition)
        #expect(answer.header("X-Content-Type-Options") == "nosniff")
        await server.shutDown()
    }

    @Test(arguments: ["nonsense", "", "image/", "/png", "text/plain\r\nSet-Cookie: a=b", "a/b/c"])
    func `what is no type is served as unknown bytes`(_ type: String) async throws {
        let server = try await MediaServer("a.test")
        let mxc = try await server.upload([1], type: type)
        #expect(await server.call(DownloadMedia.self, mxc: mxc).contentType == "application/octet-stream")
        await server.shutDown()
    }

    @Test(arguments: [
        ("plain.png", "filename=plain.png"), ("two words.png", "filename=\"two words.png\""),
        ("quo\"te.png", "filename=\"quo\\\"te.png\""), ("café.png", "filename*=utf-8''caf%C3%A9.png"),
        ("a\r\nSet-Cookie: b", "filename*=utf-8''a%0D%0ASet-Cookie%3A%20b"),
    ])
    func `a file name cannot leave its header field`(_ name: String, _ parameter: String) async throws {
        let server = try await MediaServer("a.test")
        let mxc = try await server.upload([1], type: "image/png")
        let answer = await server.call(DownloadMediaAs.self, mxc: mxc, fileName: name)
        #expect(answer.header("Content-Disposition") == "inline; " + parameter)
        await server.shutDown()
    }

    @Test func `quarantined content is gone under every name, and stays so when it is uploaded again`() async throws {
        let server = try await MediaServer("a.test")
        let first = try await server.upload([1, 2, 3])
        let second = try await server.upload([1, 2, 3], as: "bob")
        let id = try #require(MediaID(text: String(first.dropFirst("mxc://a.test/".count))))
        let reference = MediaReference(server: server.name, id: id)
        #expect(try await server.repository.quarantine(reference, reason: "test") == 2)
        let third = try await server.upload([1, 2, 3])
        for mxc in [first, second, third] { #expect(await server.call(DownloadMedia.self, mxc: mxc).status == 404) }
        try await server.repository.release(reference)
        for mxc in [first, second, third] { #expect(await server.call(DownloadMedia.self, mxc: mxc).status == 200) }
        await server.shutDown()
    }

    @Test func `a part of a file is read from where it is asked for`() async throws {
        let server = try await MediaServer("a.test")
        let mxc = try await server.upload(Array(0..<100))
        let entry = try #require(server.routes.entries.first { $0.name == "DownloadMedia" })
        let id = String(mxc.dropFirst("mxc://a.test/".count))
        let response = try await entry.respond(
            RequestInput(
                method: .get, uri: "", pathParameters: ["serverName": "a.test", "mediaId": id], queryItems: [], bodyBytes: [],
                contentType: nil), server.user("alice"))
        guard case .source(let source, _) = response.payload else {
            Issue.record("not a source")
            return
        }
        #expect(source.allowsRanges)
        #expect(source.count == 100)
        #expect(try source.read(10, 5) == [10, 11, 12, 13, 14])
        #expect(try source.read(98, 5) == [98, 99])
        await server.shutDown()
    }
}
