import CVips
import Glibc
import MatrixAPI

/// What the process that reads something foreign is told, as words on its command line. What it reads is its standard input, what it makes of
/// it its standard output.
public struct DecoderOrder: Hashable, Sendable {
    /// What there is to do.
    private enum Work: Int {
        /// A thumbnail of a picture.
        case thumbnail
        /// The type and size of a picture.
        case measure
        /// What a page says of itself.
        case page
    }

    private static let numberCount = 16
    private static let charsetPrefix = "charset="
    private static let maximumCharsetBytes = 40

    private let numbers: [Int]
    private let charset: String

    /// To make a thumbnail.
    init(_ form: ThumbnailForm, limits: MediaLimits) {
        self.init(.thumbnail, form, limits: limits, outputBytes: limits.thumbnailBytes, inputBytes: 0, charset: "")
    }

    /// To measure a picture.
    static func measure(limits: MediaLimits) -> DecoderOrder {
        DecoderOrder(
            .measure, ThumbnailForm(width: 1, height: 1, fit: .scale), limits: limits, outputBytes: measureBytes, inputBytes: 0, charset: "")
    }

    /// To read a page, of which the answer's header says that it is in that charset.
    static func page(bytes: Int, charset: String?, limits: MediaLimits) -> DecoderOrder {
        DecoderOrder(
            .page, ThumbnailForm(width: 1, height: 1, fit: .scale), limits: limits, outputBytes: pageBytes, inputBytes: bytes,
            charset: (charset ?? "").filter { $0.isASCII && !$0.isWhitespace && $0 != "\"" })
    }

    /// Longest output of a measure and of a page.
    static let measureBytes = 1 << 10
    static let pageBytes = 2 << 20

    private init(_ work: Work, _ form: ThumbnailForm, limits: MediaLimits, outputBytes: Int, inputBytes: Int, charset: String) {
        numbers = [
            work.rawValue, form.width, form.height, form.fit == .crop ? 1 : 0, form.isAnimated ? 1 : 0, limits.pixels, limits.animatedPixels,
            limits.movingPixels, limits.frames, limits.originalBytes, limits.decoderAddressSpaceBytes, limits.decoderResidentBytes, outputBytes,
            limits.decoderSeconds, limits.decoderWallSeconds, inputBytes,
        ]
        self.charset = String(charset.prefix(DecoderOrder.maximumCharsetBytes))
    }

    /// Nil where the words are not an order.
    public init?(words: [String]) {
        guard let last = words.last, last.hasPrefix(DecoderOrder.charsetPrefix) else { return nil }
        numbers = words.dropLast().compactMap { Int($0) }
        charset = String(last.dropFirst(DecoderOrder.charsetPrefix.count))
        guard numbers.count == DecoderOrder.numberCount, words.count == numbers.count + 1 else { return nil }
    }

    var words: [String] { numbers.map { String($0) } + [DecoderOrder.charsetPrefix + charset] }

    /// Does as told and gives the status to exit with. The process that calls this serves no other purpose: it gives up its rights, and what
    /// libraries leave behind ends with it.
    public func run() -> Int32 {
        guard let work = Work(rawValue: numbers[0]) else { return EXIT_FAILURE }
        var confinement = martlet_confinement(
            address_space_bytes: numbers[10], resident_bytes: numbers[11], output_bytes: numbers[12], cpu_seconds: UInt32(clamping: numbers[13]),
            wall_seconds: UInt32(clamping: numbers[14]))
        guard martlet_confine(&confinement) == 0 else { return EXIT_FAILURE }
        var request = martlet_thumbnail_request(
            width: Int32(clamping: numbers[1]), height: Int32(clamping: numbers[2]), crop: Int32(clamping: numbers[3]),
            animated: Int32(clamping: numbers[4]), maximum_pixels: numbers[5], maximum_animated_pixels: numbers[6],
            maximum_moving_pixels: numbers[7], maximum_frames: Int32(clamping: numbers[8]), maximum_original_bytes: numbers[9])
        switch work {
        case .thumbnail: return Int32(clamping: martlet_thumbnail(STDIN_FILENO, STDOUT_FILENO, &request).rawValue)
        case .measure: return Int32(clamping: martlet_measure(STDIN_FILENO, STDOUT_FILENO, &request).rawValue)
        case .page: return Int32(clamping: martlet_page(STDIN_FILENO, STDOUT_FILENO, numbers[15], charset).rawValue)
        }
    }
}
