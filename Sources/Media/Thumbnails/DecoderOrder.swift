import CVips
import Glibc
import MatrixAPI

/// What the process that decodes a picture is told, as words on its command line. The picture is its standard input, the thumbnail its
/// standard output.
public struct DecoderOrder: Hashable, Sendable {
    private static let wordCount = 11

    let numbers: [Int]

    init(_ form: ThumbnailForm, limits: MediaLimits) {
        numbers = [
            form.width, form.height, form.fit == .crop ? 1 : 0, form.isAnimated ? 1 : 0, limits.pixels, limits.animatedPixels, limits.frames,
            limits.decoderAddressSpaceBytes, limits.thumbnailBytes, limits.decoderSeconds, limits.decoderWallSeconds,
        ]
    }

    /// Nil where the words are not an order.
    public init?(words: [String]) {
        numbers = words.compactMap { Int($0) }
        guard numbers.count == DecoderOrder.wordCount, words.count == numbers.count else { return nil }
    }

    var words: [String] { numbers.map { String($0) } }

    /// Does as told and gives the status to exit with. The process that calls this serves no other purpose: it gives up its rights, and what
    /// libvips leaves behind ends with it.
    public func run() -> Int32 {
        var confinement = martlet_confinement(
            address_space_bytes: numbers[7], output_bytes: numbers[8], cpu_seconds: UInt32(clamping: numbers[9]),
            wall_seconds: UInt32(clamping: numbers[10]))
        guard martlet_confine(&confinement) == 0 else { return EXIT_FAILURE }
        var request = martlet_thumbnail_request(
            width: Int32(clamping: numbers[0]), height: Int32(clamping: numbers[1]), crop: Int32(clamping: numbers[2]),
            animated: Int32(clamping: numbers[3]), maximum_pixels: numbers[4], maximum_animated_pixels: numbers[5],
            maximum_frames: Int32(clamping: numbers[6]))
        return Int32(clamping: martlet_thumbnail(STDIN_FILENO, STDOUT_FILENO, &request).rawValue)
    }
}
