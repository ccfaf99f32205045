import MatrixAPI
import MatrixModel
import Media
import Testing

struct HostilePictureTests {
    /// Name, bytes, and the statuses that may answer: some are a matter of the decoder.
    static let pictures: [(String, [UInt8], [Int])] = [
        ("empty", [], [400]),
        ("text", Array("hello, this is no picture".utf8), [400]),
        ("script in SVG", Array("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)' width='10' height='10'/>".utf8), [400]),
        ("GIF and script", Array("GIF89a/*\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}*/=1;alert(1)//".utf8), [400, 413]),
        ("PNG of 2^31-1 squared", Pictures.png(width: 0x7fff_ffff, height: 0x7fff_ffff, rows: 0), [400, 413]),
        ("PNG of 2^31 by 1", Pictures.png(width: 0x8000_0000, height: 1, rows: 0), [400, 413]),
        ("PNG of nothing", Pictures.png(width: 0, height: 0, rows: 1), [400]),
        ("PNG without rows", Array(Pictures.png(width: 500, height: 500).prefix(60)), [200, 400]),
        ("PNG over the limit", Pictures.png(width: 10_000, height: 10_000), [413]),
        ("GIF of 65535 squared", Pictures.gif(width: 1, height: 1, frames: 1, screen: (65_535, 65_535)), [200, 400, 413]),
        ("JPEG cut off", Array(Pictures.turned.prefix(200)), [400]),
        ("PostScript", Array("%!PS-Adobe-3.0\nshowpage\n".utf8), [400]),
        ("PDF", Array("%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n".utf8), [400]),
        ("script for ImageMagick", Array("push graphic-context\nviewbox 0 0 640 480\n".utf8), [400]),
    ]

    @Test(arguments: pictures)
    func `a hostile picture harms nothing`(_ name: String, _ bytes: [UInt8], _ statuses: [Int]) async throws {
        let server = try await MediaServer("a.test")
        let mxc = try await server.upload(bytes)
        let answer = await server.thumbnail(mxc, 32, 32)
        #expect(statuses.contains(answer.status), "\(name): \(answer.status)")
        let code = answer.status == 413 ? "M_TOO_LARGE" : "M_UNKNOWN"
        if answer.status != 200 { #expect(answer.code == code) }
        // The verdict is kept, and the same.
        #expect(await server.thumbnail(mxc, 32, 32).status == answer.status)
        await server.shutDown()
    }

    @Test func `a large picture that packs small is decoded within a bounded address space`() async throws {
        var settings = MediaRepository.Settings()
        settings.limits.decoderAddressSpaceBytes = 700 << 20
        let server = try await MediaServer("a.test", settings: settings)
        let mxc = try await server.upload(Pictures.png(width: 20_000, height: 2_400))
        let answer = await server.thumbnail(mxc, 320, 240)
        #expect(answer.status == 200)
        #expect(Pictures.size(answer.body).map { [$0.0, $0.1] } == [320, 38])
        await server.shutDown()
    }

    @Test func `a decoder that would take too long or too much is ended, and the server goes on`() async throws {
        var settings = MediaRepository.Settings()
        settings.limits.decoderAddressSpaceBytes = 16 << 20
        let server = try await MediaServer("a.test", settings: settings)
        let mxc = try await server.upload(Pictures.png(width: 400, height: 200))
        let answer = await server.thumbnail(mxc, 32, 32)
        #expect(answer.status == 400)
        #expect(answer.code == "M_UNKNOWN")
        #expect(await server.call(DownloadMedia.self, mxc: mxc).status == 200)
        await server.shutDown()
    }

    @Test(arguments: 0..<40)
    func `a damaged picture is refused or shown, and nothing else`(_ seed: Int) async throws {
        let server = try await MediaServer("a.test")
        let originals = [Pictures.turned, Pictures.gif(width: 40, height: 40, frames: 3), Pictures.png(width: 300, height: 200)]
        var bytes = originals[seed % originals.count]
        var state = UInt64(seed) &* 0x9e37_79b9_7f4a_7c15 | 1
        for _ in 0..<(1 + seed % 8) {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            // The first bytes stay, so that it gets as far as a decoder.
            let place = 12 + Int(state >> 33) % (bytes.count - 12)
            bytes[place] ^= UInt8(truncatingIfNeeded: state >> 20) | 1
        }
        let mxc = try await server.upload(bytes)
        let answer = await server.thumbnail(mxc, 32, 32, "crop", animated: seed % 2 == 0)
        #expect([200, 400, 413].contains(answer.status))
        await server.shutDown()
    }
}
