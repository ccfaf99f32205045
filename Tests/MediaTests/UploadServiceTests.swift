import MatrixAPI
import MatrixModel
import Media
import Testing

struct UploadServiceTests {
    @Test func `what was uploaded is downloaded, with its type and name`() async throws {
        let server = try await MediaServer("a.test")
        let content = Array("hello".utf8)
        let mxc = try await server.upload(content, type: "text/plain", name: "greeting.txt")
        let answer = await server.call(DownloadMedia.self, mxc: mxc)
        #expect(answer.status == 200)
        #expect(answer.body == content)
        #expect(answer.contentType == "text/plain")
        #expect(answer.header("Content-Disposition") == "inline; filename=greeting.txt")
        #expect(answer.header("Content-Security-Policy")?.hasPrefix("sandbox; default-src 'none'; script-src 'none'") == true)
        #expect(answer.header("Cross-Origin-Resource-Policy") == "cross-origin")
        await server.shutDown()
    }

    @Test func `the same content twice is one file under two names`() async throws {
        let server = try await MediaServer("a.test")
        let first = try await server.upload([1, 2, 3])
        let second = try await server.upload([1, 2, 3], as: "bob")
        #expect(first != second)
        #expect(server.folder.count("content") == 1)
        #expect(server.folder.count("incoming") == 0)
        await server.shutDown()
    }

    @Test func `an upload over the limit is refused and leaves nothing`() async throws {
        var settings = MediaRepository.Settings()
        settings.limits.uploadBytes = 10
        let server = try await MediaServer("a.test", settings: settings)
        let answer = await server.call(UploadMedia.self, body: [UInt8](repeating: 1, count: 11), contentType: "image/png")
        #expect(answer.status == 413)
        #expect(answer.code == "M_TOO_LARGE")
        #expect(server.folder.count("incoming") + server.folder.count("content") == 0)
        let configuration = await server.call(GetMediaConfiguration.self)
        #expect(configuration.json?["m.upload.size"]?.integer == 10)
        await server.shutDown()
    }

    @Test func `a user may not upload more than the quota`() async throws {
        var settings = MediaRepository.Settings()
        settings.limits.userBytes = 10
        let server = try await MediaServer("a.test", settings: settings)
        _ = try await server.upload([UInt8](repeating: 1, count: 6))
        let answer = await server.call(UploadMedia.self, body: [UInt8](repeating: 2, count: 5), contentType: "image/png")
        #expect(answer.status == 403)
        #expect(answer.code == "M_FORBIDDEN")
        _ = try await server.upload([UInt8](repeating: 2, count: 5), as: "bob")
        await server.shutDown()
    }

    @Test func `an upload that breaks off leaves nothing`() async throws {
        let server = try await MediaServer("a.test")
        let entry = try #require(server.routes.entries.first { $0.name == "UploadMedia" })
        let broken = BodyStream(announcedBytes: 10) { take in
            try await take([1, 2, 3])
            throw CancellationError()
        }
        let input = RequestInput(
            method: .post, uri: "", pathParameters: [:], queryItems: [], bodyBytes: [], contentType: nil, bodyStream: broken)
        await #expect(throws: CancellationError.self) { try await entry.respond(input, server.user("alice")) }
        #expect(server.folder.count("incoming") + server.folder.count("content") == 0)
        await server.shutDown()
    }

    @Test func `a name without content is not there yet, and takes content once, from its maker`() async throws {
        let server = try await MediaServer("a.test")
        let created = await server.call(CreateMedia.self)
        let mxc = try #require(created.json?["content_uri"]?.string)
        #expect(created.json?["unused_expires_at"]?.integer == 1_800_000_000_000 + 86_400_000)

        let early = await server.call(DownloadMedia.self, mxc: mxc, query: [("timeout_ms", "0")])
        #expect(early.status == 504)
        #expect(early.code == "M_NOT_YET_UPLOADED")
        let stranger = await server.call(UploadCreatedMedia.self, as: server.user("bob"), mxc: mxc, body: [1])
        #expect(stranger.status == 403)
        #expect(await server.call(UploadCreatedMedia.self, mxc: mxc, body: [1, 2], contentType: "image/png").status == 200)
        #expect(await server.call(DownloadMedia.self, mxc: mxc).body == [1, 2])
        let again = await server.call(UploadCreatedMedia.self, mxc: mxc, body: [3])
        #expect(again.status == 409)
        #expect(again.code == "M_CANNOT_OVERWRITE_MEDIA")
        let unknown = await server.call(UploadCreatedMedia.self, mxc: "mxc://a.test/unknown", body: [3])
        #expect(unknown.status == 404)
        await server.shutDown()
    }

    @Test func `whoever waits for content gets it when it comes`() async throws {
        let server = try await MediaServer("a.test")
        let created = await server.call(CreateMedia.self)
        let mxc = try #require(created.json?["content_uri"]?.string)
        async let waiting = server.call(DownloadMedia.self, mxc: mxc, query: [("timeout_ms", "60000")])
        #expect(await server.call(UploadCreatedMedia.self, mxc: mxc, body: [7], contentType: "image/png").status == 200)
        #expect(await waiting.body == [7])
        await server.shutDown()
    }

    @Test func `a user may have so many names pending and no more`() async throws {
        var settings = MediaRepository.Settings()
        settings.limits.pendingUploads = 2
        let server = try await MediaServer("a.test", settings: settings)
        for _ in 0..<2 { #expect(await server.call(CreateMedia.self).status == 200) }
        let answer = await server.call(CreateMedia.self)
        #expect(answer.status == 429)
        #expect(answer.code == "M_LIMIT_EXCEEDED")
        await server.shutDown()
    }
}
