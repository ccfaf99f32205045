import Federation
import MatrixAPI
import MatrixModel
import Media
import Testing

struct RemoteMediaTests {
    private static let content = Array("\r\n--not the boundary\r\n\0binary".utf8)

    @Test func `another server's media is fetched once, with its type and name, and then it is here`() async throws {
        let world = MediaWorld()
        let near = try await MediaServer("near.test", in: world, seed: 1)
        let far = try await MediaServer("far.test", in: world, seed: 2)
        let mxc = try await far.upload(RemoteMediaTests.content, type: "text/csv", name: "tröt \"1\".csv")
        for _ in 0..<2 {
            let answer = await near.call(DownloadMedia.self, mxc: mxc)
            #expect(answer.status == 200)
            #expect(answer.body == RemoteMediaTests.content)
            #expect(answer.contentType == "text/csv")
            #expect(answer.header("Content-Disposition") == "inline; filename*=utf-8''tr%C3%B6t%20%221%22.csv")
        }
        #expect(world.sent.count == 1)
        #expect(near.folder.count("incoming") == 0)
        await near.shutDown()
        await far.shutDown()
    }

    @Test func `many who want the same share one download`() async throws {
        let world = MediaWorld()
        let near = try await MediaServer("near.test", in: world, seed: 1)
        let far = try await MediaServer("far.test", in: world, seed: 2)
        let mxc = try await far.upload(Pictures.png(width: 200, height: 200))
        let statuses = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<20 { group.addTask { await near.thumbnail(mxc, 32, 32).status } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses == [Int](repeating: 200, count: 20))
        #expect(world.sent.count == 1)
        #expect(near.folder.count("thumbnails") == 1)
        await near.shutDown()
        await far.shutDown()
    }

    @Test func `a server of an older kind is asked over the deprecated endpoint, for its own media only`() async throws {
        let world = MediaWorld()
        let near = try await MediaServer("near.test", in: world)
        let old = try #require(ServerName("old.test"))
        world.serve(old) { request in
            guard request.target.hasPrefix("/_matrix/media/v3/download/old.test/abc?") else {
                return InboundAnswer(status: 404, body: MatrixError.unrecognized().body.bytes())
            }
            return InboundAnswer(
                status: 200,
                headers: [("Content-Type", "image/gif"), ("Content-Disposition", "attachment; filename=\"../../etc/pass\\\"wd\"")],
                body: [1, 2, 3])
        }
        let answer = await near.call(DownloadMedia.self, mxc: "mxc://old.test/abc")
        #expect(answer.body == [1, 2, 3])
        #expect(answer.contentType == "image/gif")
        #expect(answer.header("Content-Disposition") == "inline; filename=\"pass\\\"wd\"")
        #expect(world.sent.count == 2)
        #expect(world.sent.last?.target.contains("allow_remote=false") == true)
        await near.shutDown()
    }

    @Test func `media that is not there, or not yet, is reported so`() async throws {
        let world = MediaWorld()
        let near = try await MediaServer("near.test", in: world, seed: 1)
        let far = try await MediaServer("far.test", in: world, seed: 2)
        #expect(await near.call(DownloadMedia.self, mxc: "mxc://far.test/missing").code == "M_NOT_FOUND")
        let created = await far.call(CreateMedia.self)
        let mxc = try #require(created.json?["content_uri"]?.string)
        let early = await near.call(DownloadMedia.self, mxc: mxc, query: [("timeout_ms", "0")])
        #expect(early.status == 504)
        #expect(early.code == "M_NOT_YET_UPLOADED")
        let down = await near.call(DownloadMedia.self, mxc: "mxc://down.test/any")
        #expect(down.status == 502)
        await near.shutDown()
        await far.shutDown()
    }

    @Test func `media over the limit is not fetched`() async throws {
        let world = MediaWorld()
        var settings = MediaRepository.Settings()
        settings.limits.remoteBytes = 1_000
        let near = try await MediaServer("near.test", in: world, seed: 1, settings: settings)
        let far = try await MediaServer("far.test", in: world, seed: 2)
        for count in [1_001, 200_000] {
            let mxc = try await far.upload([UInt8](repeating: 1, count: count))
            let answer = await near.call(DownloadMedia.self, mxc: mxc)
            #expect(answer.status == 502)
            #expect(answer.code == "M_TOO_LARGE")
        }
        #expect(near.folder.count("content") + near.folder.count("incoming") == 0)
        await near.shutDown()
        await far.shutDown()
    }

    @Test func `the copies unused for longest make room for new ones`() async throws {
        let world = MediaWorld()
        var settings = MediaRepository.Settings()
        settings.limits.copiesBytes = 2_500
        let near = try await MediaServer("near.test", in: world, seed: 1, settings: settings)
        let far = try await MediaServer("far.test", in: world, seed: 2)
        for byte in 0..<5 {
            let mxc = try await far.upload([UInt8](repeating: UInt8(byte), count: 1_000))
            #expect(await near.call(DownloadMedia.self, mxc: mxc).status == 200)
        }
        #expect(near.folder.count("content") == 2)
        await near.shutDown()
        await far.shutDown()
    }

    @Test func `another server gets nothing but this server's own media, and only when it signs`() async throws {
        let world = MediaWorld()
        let near = try await MediaServer("near.test", in: world, seed: 1)
        let far = try await MediaServer("far.test", in: world, seed: 2)
        let mxc = try await far.upload([1])
        _ = await near.call(DownloadMedia.self, mxc: mxc)
        let id = mxc.dropFirst("mxc://far.test/".count)
        let third = try await MediaServer("third.test", in: world, seed: 3)
        let stolen = await third.call(DownloadMedia.self, mxc: "mxc://near.test/\(id)")
        #expect(stolen.status == 404)
        let request = OutboundRequest(
            method: "GET", target: "/_matrix/federation/v1/media/download/\(id)", maximumAnswerBytes: 1_000, timeoutMilliseconds: 1_000)
        let unsigned = try await world.transport.exchange(request, with: far.name)
        #expect(unsigned.status == 401)
        for server in [near, far, third] { await server.shutDown() }
    }

    @Test func `a peer's thumbnail comes in two parts`() async throws {
        let far = try await MediaServer("far.test")
        let mxc = try await far.upload(Pictures.png(width: 100, height: 100))
        let caller = Identity.peer(PeerCaller(origin: try #require(ServerName("near.test")), address: "127.0.0.1"))
        let answer = await far.call(
            PeerMediaThumbnail.self, as: caller, mxc: mxc, query: [("width", "32"), ("height", "32"), ("method", "crop")])
        #expect(answer.status == 200)
        #expect(answer.contentType.hasPrefix("multipart/mixed; boundary="))
        let text = String(decoding: answer.body, as: UTF8.self)
        #expect(text.contains("Content-Type: application/json\r\n\r\n{}\r\n"))
        #expect(text.contains("Content-Type: image/jpeg\r\n"))
        await far.shutDown()
    }

    @Test(arguments: [
        "", "--b\r\n\r\n{}\r\n--b\r\n", "--b\r\nContent-Type: application/json\r\n\r\n{}\r\n--b\r\nContent-Type: image/png\r\n\r\nno end",
        "--b--\r\n", "--b\r\n\r\n{}\r\n--b\r\nLocation: https://cdn.test/x\r\n\r\n\r\n--b--\r\n",
    ])
    func `an answer in another form is an error of the other server`(_ body: String) async throws {
        let world = MediaWorld()
        let near = try await MediaServer("near.test", in: world)
        let odd = try #require(ServerName("odd.test"))
        world.serve(odd) { _ in
            InboundAnswer(status: 200, headers: [("Content-Type", "multipart/mixed; boundary=b")], body: Array(body.utf8))
        }
        let answer = await near.call(DownloadMedia.self, mxc: "mxc://odd.test/abc")
        #expect(answer.status == 502)
        #expect(near.folder.count("content") + near.folder.count("incoming") == 0)
        await near.shutDown()
    }

    @Test func `an empty file comes over, and quoted boundaries are read`() async throws {
        let world = MediaWorld()
        let near = try await MediaServer("near.test", in: world)
        let other = try #require(ServerName("other.test"))
        world.serve(other) { _ in
            InboundAnswer(
                status: 200, headers: [("content-type", "multipart/mixed; boundary=\"b-1\"")],
                body: Array("preamble\r\n--b-1\r\n\r\n{}\r\n--b-1\r\ncontent-type: image/png\r\n\r\n\r\n--b-1--".utf8))
        }
        let answer = await near.call(DownloadMedia.self, mxc: "mxc://other.test/abc")
        #expect(answer.status == 200)
        #expect(answer.body.isEmpty)
        #expect(answer.contentType == "image/png")
        await near.shutDown()
    }
}
