import MatrixAPI
import MatrixModel
import Media
import Testing

struct ThumbnailTests {
    @Test func `a picture is scaled into the size, and never enlarged`() async throws {
        let server = try await MediaServer("a.test")
        let mxc = try await server.upload(Pictures.png(width: 400, height: 200))
        let scaled = await server.thumbnail(mxc, 96, 96)
        #expect(scaled.status == 200)
        #expect(Pictures.size(scaled.body).map { [$0.0, $0.1] } == [96, 48])
        let original = await server.thumbnail(mxc, 800, 600)
        #expect(original.body == Pictures.png(width: 400, height: 200))
        await server.shutDown()
    }

    @Test func `a picture is cropped to the shape of the size`() async throws {
        let server = try await MediaServer("a.test")
        let mxc = try await server.upload(Pictures.png(width: 400, height: 200))
        let answer = await server.thumbnail(mxc, 96, 96, "crop")
        #expect(Pictures.size(answer.body).map { [$0.0, $0.1] } == [96, 96])
        #expect(answer.header("Content-Disposition") == "inline; filename=thumbnail.jpeg")
        await server.shutDown()
    }

    @Test func `a thumbnail is not smaller than asked for`() async throws {
        let server = try await MediaServer("a.test")
        let mxc = try await server.upload(Pictures.png(width: 400, height: 400))
        let answer = await server.thumbnail(mxc, 97, 33, "crop")
        let size = try #require(Pictures.size(answer.body))
        #expect(size.0 >= 97 && size.1 >= 33)
        await server.shutDown()
    }

    @Test func `an original in place of a thumbnail is what it is, whatever its sender says`() async throws {
        let server = try await MediaServer("a.test")
        for (bytes, type) in [
            (Pictures.png(width: 40, height: 20), "image/png"), (Pictures.gif(width: 40, height: 20, frames: 1), "image/gif"),
        ] {
            let mxc = try await server.upload(bytes, type: "text/html")
            let answer = await server.thumbnail(mxc, 96, 96)
            #expect(answer.body == bytes)
            #expect(answer.contentType == type)
            #expect(answer.header("Content-Disposition") == "inline")
        }
        await server.shutDown()
    }

    @Test func `a thumbnail is made once and kept`() async throws {
        let server = try await MediaServer("a.test")
        let mxc = try await server.upload(Pictures.png(width: 400, height: 200))
        let first = await server.thumbnail(mxc, 32, 32, "crop")
        let second = await server.thumbnail(mxc, 31, 30, "crop")
        #expect(first.body == second.body)
        #expect(server.folder.count("thumbnails") == 1)
        await server.shutDown()
    }

    @Test func `a turned picture is set upright`() async throws {
        let server = try await MediaServer("a.test")
        let mxc = try await server.upload(Pictures.turned, type: "image/jpeg")
        let smaller = await server.thumbnail(mxc, 32, 32)
        #expect(Pictures.size(smaller.body).map { [$0.0, $0.1] } == [16, 32])
        // As large as it is, but a copy: whoever shows the original may not heed its orientation.
        let whole = await server.thumbnail(mxc, 96, 96)
        #expect(Pictures.size(whole.body).map { [$0.0, $0.1] } == [32, 64])
        await server.shutDown()
    }

    @Test func `a moving picture moves where that is asked for, and only there`() async throws {
        let server = try await MediaServer("a.test")
        let mxc = try await server.upload(Pictures.gif(width: 100, height: 60, frames: 4), type: "image/gif")
        let still = await server.thumbnail(mxc, 48, 48)
        #expect(still.contentType == "image/jpeg")
        #expect(Pictures.size(still.body).map { [$0.0, $0.1] } == [48, 29])
        let moving = await server.thumbnail(mxc, 48, 48, animated: true)
        #expect(moving.contentType == "image/webp")
        #expect(Pictures.size(moving.body).map { [$0.0, $0.1] } == [48, 29])
        #expect(ThumbnailTests.frames(moving.body) == 4)
        let cut = await server.thumbnail(mxc, 32, 48, "crop", animated: true)
        #expect(Pictures.size(cut.body).map { [$0.0, $0.1] } == [32, 48])
        #expect(ThumbnailTests.frames(cut.body) == 4)
        await server.shutDown()
    }

    /// The frames of a WebP.
    private static func frames(_ bytes: [UInt8]) -> Int {
        let mark = Array("ANMF".utf8)
        return bytes.indices.dropLast(3).count { Array(bytes[$0..<$0 + 4]) == mark }
    }

    @Test(arguments: [("0", "32"), ("-1", "32"), ("x", "32"), ("1.5", "32"), ("99999999999999999999", "32")])
    func `a size that is none is refused`(_ width: String, _ height: String) async throws {
        let server = try await MediaServer("a.test")
        let mxc = try await server.upload(Pictures.png(width: 10, height: 10))
        let answer = await server.call(GetMediaThumbnail.self, mxc: mxc, query: [("width", width), ("height", height)])
        #expect(answer.status == 400)
        await server.shutDown()
    }

    @Test func `where nothing can decode, there is no thumbnail, and there is one once it can`() async throws {
        let server = try await MediaServer("a.test", decoder: ["/nonexistent"])
        let mxc = try await server.upload(Pictures.png(width: 400, height: 200))
        #expect(await server.thumbnail(mxc, 32, 32).status == 400)
        #expect(server.folder.count("thumbnails") == 0)
        await server.shutDown()
    }
}
