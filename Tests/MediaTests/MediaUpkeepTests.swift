import Logging
import MatrixAPI
import MatrixModel
import Storage
import Testing

@testable import Media

struct MediaUpkeepTests {
    private static func tidy(_ server: MediaServer) async throws {
        try await server.repository.upkeep(logger: Logger(label: "test")).tidy()
    }

    @Test func `copies that nobody looked at go, and come again`() async throws {
        let world = MediaWorld()
        var settings = MediaRepository.Settings()
        settings.retention.copiesMilliseconds = 10 * 86_400_000
        let near = try await MediaServer("near.test", in: world, seed: 1, settings: settings)
        let far = try await MediaServer("far.test", in: world, seed: 2)
        let mxc = try await far.upload([1, 2, 3])
        let own = try await near.upload([4])
        _ = await near.call(DownloadMedia.self, mxc: mxc)
        near.clock.advance(days: 9)
        _ = await near.call(DownloadMedia.self, mxc: mxc)
        near.clock.advance(days: 9)
        try await MediaUpkeepTests.tidy(near)
        #expect(near.folder.count("content") == 2)
        near.clock.advance(days: 2)
        try await MediaUpkeepTests.tidy(near)
        #expect(near.folder.count("content") == 1)
        #expect(await near.call(DownloadMedia.self, mxc: own).body == [4])
        #expect(await near.call(DownloadMedia.self, mxc: mxc).body == [1, 2, 3])
        await near.shutDown()
        await far.shutDown()
    }

    @Test func `uploads stay for ever unless the operator says otherwise`() async throws {
        let keeping = try await MediaServer("a.test")
        let mxc = try await keeping.upload([1])
        keeping.clock.advance(days: 10_000)
        try await MediaUpkeepTests.tidy(keeping)
        #expect(await keeping.call(DownloadMedia.self, mxc: mxc).status == 200)
        await keeping.shutDown()

        var settings = MediaRepository.Settings()
        settings.retention.uploadsMilliseconds = 100 * 86_400_000
        let forgetting = try await MediaServer("a.test", settings: settings)
        let first = try await forgetting.upload([1])
        let second = try await forgetting.upload([2])
        forgetting.clock.advance(days: 99)
        _ = await forgetting.call(DownloadMedia.self, mxc: second)
        forgetting.clock.advance(days: 2)
        try await MediaUpkeepTests.tidy(forgetting)
        #expect(await forgetting.call(DownloadMedia.self, mxc: first).status == 404)
        #expect(await forgetting.call(DownloadMedia.self, mxc: second).status == 200)
        #expect(forgetting.folder.count("content") == 1)
        await forgetting.shutDown()
    }

    @Test func `names without content lapse`() async throws {
        let server = try await MediaServer("a.test")
        let created = await server.call(CreateMedia.self)
        let mxc = try #require(created.json?["content_uri"]?.string)
        server.clock.advance(milliseconds: 24 * 3_600_000)
        try await MediaUpkeepTests.tidy(server)
        #expect(await server.call(UploadCreatedMedia.self, mxc: mxc, body: [1]).status == 404)
        await server.shutDown()
    }

    @Test func `files that no media has are removed, and no others`() async throws {
        let server = try await MediaServer("a.test")
        let mxc = try await server.upload(Pictures.png(width: 400, height: 200))
        #expect(await server.thumbnail(mxc, 96, 96).status == 200)
        let lost = ContentHash(bytes: [UInt8](repeating: 7, count: 32))
        let young = try await MediaServer.orphan(lost, in: server)
        #expect(server.folder.count("content") == 2)
        let upkeep = server.repository.upkeep(logger: Logger(label: "test"))
        // Too young by the clock of the file system, which is not the test's.
        for part in UInt8.min...UInt8.max { try await upkeep.removeOrphans(inPart: part, at: young) }
        #expect(server.folder.count("content") == 2)
        for part in UInt8.min...UInt8.max { try await upkeep.removeOrphans(inPart: part, at: young + 3 * 3_600_000) }
        #expect(server.folder.count("content") == 1)
        #expect(server.folder.count("thumbnails") == 1)
        await server.shutDown()
    }

    @Test func `what is deleted is gone, and its content with the last name`() async throws {
        let server = try await MediaServer("a.test")
        let first = try await server.upload([1, 2])
        let second = try await server.upload([1, 2])
        #expect(try await server.repository.delete(MediaServer.reference(first)))
        #expect(server.folder.count("content") == 1)
        #expect(await server.call(DownloadMedia.self, mxc: first).status == 404)
        #expect(await server.call(DownloadMedia.self, mxc: second).status == 200)
        #expect(try await server.repository.delete(MediaServer.reference(second)))
        #expect(server.folder.count("content") == 0)
        #expect(try await server.repository.delete(MediaServer.reference(second)) == false)
        await server.shutDown()
    }
}
