#ifndef MARTLET_THUMBNAIL_H
#define MARTLET_THUMBNAIL_H

/// What one child process may use; beyond that the system ends it.
struct martlet_confinement {
    long address_space_bytes;
    /// Memory that is in use. It is looked at every few milliseconds of work; a process that has more ends as `MARTLET_THUMBNAIL_TOO_LARGE`.
    long resident_bytes;
    long output_bytes;
    unsigned cpu_seconds;
    unsigned wall_seconds;
};

/// What is wanted of a picture, and how large it may be.
struct martlet_thumbnail_request {
    int width;
    int height;
    /// 1: the shape of the size, cut; 0: within the size.
    int crop;
    /// 1: moving, where the picture moves.
    int animated;
    /// Width times height that is decoded at most.
    long maximum_pixels;
    /// Pixels of all frames together, before and after, and frames, of a moving picture; of a larger one the first frame is taken.
    long maximum_animated_pixels;
    long maximum_moving_pixels;
    int maximum_frames;
    /// Bytes of a moving picture of a kind that cannot be written here, up to which it is shown as it is.
    long maximum_original_bytes;
};

enum martlet_thumbnail_outcome {
    MARTLET_THUMBNAIL_MADE = 0,
    /// The picture is no larger than asked for, and can be shown as it is.
    MARTLET_THUMBNAIL_ORIGINAL = 40,
    /// Not a picture of a known kind.
    MARTLET_THUMBNAIL_UNSUPPORTED = 41,
    MARTLET_THUMBNAIL_TOO_LARGE = 42,
    /// A picture of a known kind that cannot be decoded.
    MARTLET_THUMBNAIL_BROKEN = 43,
    /// libvips is not installed.
    MARTLET_THUMBNAIL_NO_LIBRARY = 44,
    /// A picture that needs more of the library than a nursery has loaded: a process is to be started for it.
    MARTLET_THUMBNAIL_ELSEWHERE = 45,
};

/// Gives up what the process does not need, for ever. 0 on success.
int martlet_confine(const struct martlet_confinement *confinement);

/// Reads a picture from `input`, which must be seekable, and writes a thumbnail to `output`: JPEG, PNG where there is transparency, WebP where
/// it moves. For a process of its own: what libvips leaves behind ends with it.
enum martlet_thumbnail_outcome martlet_thumbnail(int input, int output, const struct martlet_thumbnail_request *request);

/// Reads the head of a picture from `input`, which must be seekable, and writes its type, width, height and number of frames to `output` as
/// words: `image/png 640 480 1`. For a process of its own.
enum martlet_thumbnail_outcome martlet_measure(int input, int output, const struct martlet_thumbnail_request *request);

#endif
