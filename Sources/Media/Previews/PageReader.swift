import Federation
import NIOPosix

/// Has pages and pictures read by processes of their own.
struct PageReader: Sendable {
    /// What a picture is, by its bytes.
    struct Measures: Hashable, Sendable {
        let contentType: String
        let width: Int
        let height: Int
    }

    let decoder: DecoderProcess
    let pool: NIOThreadPool
    let folder: MediaFolder
    let limits: MediaLimits
    let pageBytes: Int

    /// What a page says of itself.
    func records(of file: IncomingFile, charset: String?) async throws -> PageRecords {
        let output = try await run(
            DecoderOrder.page(bytes: pageBytes, charset: charset, limits: limits), on: file, maximumBytes: DecoderOrder.pageBytes)
        return output.map { PageRecords($0) } ?? PageRecords()
    }

    /// The measures of a picture; nil where it is none that is known, or too large.
    func measures(of file: IncomingFile) async throws -> Measures? {
        let output = try await run(DecoderOrder.measure(limits: limits), on: file, maximumBytes: DecoderOrder.measureBytes)
        let words = String(decoding: output ?? [], as: UTF8.self).split(separator: " ")
        guard words.count == 4, let width = Int(words[1]), let height = Int(words[2]) else { return nil }
        return Measures(contentType: String(words[0]), width: width, height: height)
    }

    private func run(_ order: DecoderOrder, on file: IncomingFile, maximumBytes: Int) async throws -> [UInt8]? {
        let (decoder, folder) = (decoder, folder)
        return try await pool.runIfActive {
            let output = try folder.incoming()
            try file.rewind()
            guard decoder.run(order, input: file.descriptor, output: output.descriptor) == .made else { return nil }
            return try output.read(0, maximumBytes)
        }
    }
}
