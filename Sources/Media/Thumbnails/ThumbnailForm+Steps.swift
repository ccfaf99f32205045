import MatrixAPI

extension ThumbnailForm {
    /// The widths and heights that thumbnails are made in: those of the specification, and enough between that nobody fills the disk with
    /// thumbnails of one picture that differ by a pixel.
    private static let steps = [
        32, 48, 64, 96, 128, 160, 192, 240, 256, 320, 384, 480, 512, 600, 640, 768, 800, 960, 1_024, 1_200, 1_600, 1_920, 2_560, 4_096,
    ]

    /// The form that is made where this one is asked for: as large or larger, since "servers MUST NOT return a smaller thumbnail than
    /// requested", up to the largest.
    var stepped: ThumbnailForm {
        ThumbnailForm(width: ThumbnailForm.step(width), height: ThumbnailForm.step(height), fit: fit, isAnimated: isAnimated)
    }

    private static func step(_ length: Int) -> Int {
        steps.first { $0 >= length } ?? steps.last ?? length
    }
}
