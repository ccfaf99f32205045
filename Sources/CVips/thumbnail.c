#include "martlet_nursery.h"
#include "martlet_thumbnail.h"
#include "vips_functions.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// Values of libvips' enumerations.
enum { longest_side = 65535 };
enum { size_down = 2, interesting_none = 0, interesting_centre = 1, interpretation_cmyk = 15 };

/// The kinds of picture that are decoded: those that programs show, each by the bytes that it begins with. Others are never handed to a
/// decoder.
enum kind { kind_unknown, kind_jpeg, kind_png, kind_gif, kind_webp, kind_heif };

static enum kind kind_of(int input) {
    unsigned char head[12] = {0};
    if (pread(input, head, sizeof head, 0) != (ssize_t)sizeof head) return kind_unknown;
    if (memcmp(head, "\xff\xd8\xff", 3) == 0) return kind_jpeg;
    if (memcmp(head, "\x89PNG\r\n\x1a\n", 8) == 0) return kind_png;
    if (memcmp(head, "GIF87a", 6) == 0 || memcmp(head, "GIF89a", 6) == 0) return kind_gif;
    if (memcmp(head, "RIFF", 4) == 0 && memcmp(head + 8, "WEBP", 4) == 0) return kind_webp;
    if (memcmp(head + 4, "ftyp", 4) != 0) return kind_unknown;
    const char *brands[] = {"avif", "avis", "heic", "heix", "mif1", "msf1"};
    for (int index = 0; index < 6; index++)
        if (memcmp(head + 8, brands[index], 4) == 0) return kind_heif;
    return kind_unknown;
}

static const char *loader_of(enum kind kind) {
    switch (kind) {
    case kind_jpeg: return "VipsForeignLoadJpeg";
    case kind_png: return "VipsForeignLoadPng";
    case kind_gif: return "VipsForeignLoadNsgif";
    case kind_webp: return "VipsForeignLoadWebp";
    case kind_heif: return "VipsForeignLoadHeif";
    case kind_unknown: break;
    }
    return NULL;
}

static const char *type_of(enum kind kind, int input) {
    switch (kind) {
    case kind_jpeg: return "image/jpeg";
    case kind_png: return "image/png";
    case kind_gif: return "image/gif";
    case kind_webp: return "image/webp";
    case kind_heif: {
        char brand[4] = {0};
        int is_avif = pread(input, brand, sizeof brand, 8) == (ssize_t)sizeof brand && memcmp(brand, "avi", 3) == 0;
        return is_avif ? "image/avif" : "image/heic";
    }
    case kind_unknown: break;
    }
    return NULL;
}

/// The frames of a PNG; 0 where it does not move. What says so stands before the first pixels.
static long png_frames(int input) {
    off_t place = 8;
    for (int chunks = 0; chunks < 1000; chunks++) {
        unsigned char head[12];
        if (pread(input, head, sizeof head, place) != (ssize_t)sizeof head || memcmp(head + 4, "IDAT", 4) == 0) return 0;
        if (memcmp(head + 4, "acTL", 4) == 0) return (long)head[8] << 24 | head[9] << 16 | head[10] << 8 | head[11];
        place += 12 + ((off_t)head[0] << 24 | head[1] << 16 | head[2] << 8 | head[3]);
    }
    return 0;
}

/// A picture's measures, after its orientation was applied.
struct measures {
    int width, height, frames, is_turned;
    /// Whether its colours are other than sRGB.
    int has_own_colours;
};

static int measure(const struct vips_functions *vips, int input, struct measures *measures) {
    vips_object *source = vips->source_new_from_descriptor(input);
    vips_object *image = source == NULL ? NULL : vips->image_new_from_source(source, "", NULL);
    if (image == NULL) return -1;
    int orientation = vips->image_get_orientation(image);
    int is_sideways = orientation >= 5 && orientation <= 8;
    int width = vips->image_get_width(image);
    int height = vips->image_get_height(image);
    measures->width = is_sideways ? height : width;
    measures->height = is_sideways ? width : height;
    measures->frames = vips->image_get_n_pages(image);
    measures->is_turned = orientation > 1;
    measures->has_own_colours = vips->image_get_typeof(image, "icc-profile-data") != 0
        || vips->image_get_interpretation(image) == interpretation_cmyk;
    return 0;
}

/// The size of a frame that covers the box that is cut out of it, and the box; nothing is ever enlarged.
static void cover(const struct measures *of, const struct martlet_thumbnail_request *request, int *width, int *box_width, int *box_height) {
    double by_width = (double)request->width / of->width;
    double by_height = (double)request->height / of->height;
    double factor = by_width > by_height ? by_width : by_height;
    if (factor > 1) factor = 1;
    *width = (int)(of->width * factor + 0.5);
    int height = (int)(of->height * factor + 0.5);
    if (*width < 1) *width = 1;
    if (height < 1) height = 1;
    *box_width = request->width < *width ? request->width : *width;
    *box_height = request->height < height ? request->height : height;
}

/// The option that brings a picture's colours to sRGB; NULL, which ends the options, where they are that already: the way through a profile and
/// back is not exact.
static const char *colour_option(const struct measures *measures) {
    return measures->has_own_colours ? "export_profile" : NULL;
}

/// The frames as one column, each scaled; cut one by one, since libvips would cut the column.
static vips_object *moving(
    const struct vips_functions *vips, vips_object *source, const struct measures *measures, const struct martlet_thumbnail_request *request
) {
    const char *colours = colour_option(measures);
    vips_object *column = NULL;
    if (!request->crop) {
        if (vips->thumbnail_source(
                source, &column, request->width, "height", request->height, "size", size_down, "option_string", "n=-1", colours,
                "srgb", NULL) != 0)
            return NULL;
        return column;
    }
    int width, box_width, box_height;
    cover(measures, request, &width, &box_width, &box_height);
    if (vips->thumbnail_source(
            source, &column, width, "height", 1 << 20, "size", size_down, "option_string", "n=-1", colours, "srgb", NULL) != 0)
        return NULL;
    column = vips->image_copy_memory(column);
    if (column == NULL) return NULL;
    int frame_height = vips->image_get_page_height(column);
    int frames = vips->image_get_height(column) / frame_height;
    width = vips->image_get_width(column);
    if (box_width > width) box_width = width;
    if (box_height > frame_height) box_height = frame_height;
    if (frames < 1 || frames > request->maximum_frames) return NULL;
    vips_object *cut[frames];
    for (int frame = 0; frame < frames; frame++) {
        int top = frame * frame_height + (frame_height - box_height) / 2;
        if (vips->extract_area(column, &cut[frame], (width - box_width) / 2, top, box_width, box_height, NULL) != 0) return NULL;
    }
    vips_object *joined = NULL;
    if (vips->arrayjoin(cut, &joined, frames, "across", 1, NULL) != 0) return NULL;
    vips_object *result = vips->image_copy_memory(joined);
    if (result != NULL) vips->image_set_int(result, "page-height", box_height);
    return result;
}

static vips_object *still(
    const struct vips_functions *vips, vips_object *source, const struct measures *measures, const struct martlet_thumbnail_request *request
) {
    const char *colours = colour_option(measures);
    vips_object *image = NULL;
    int crop = request->crop ? interesting_centre : interesting_none;
    if (vips->thumbnail_source(
            source, &image, request->width, "height", request->height, "size", size_down, "crop", crop, colours, "srgb", NULL) != 0)
        return NULL;
    return image;
}

/// What a nursery has loaded; the forked processes have it as well.
static struct vips_functions loaded;
static int is_loaded;

int martlet_nursery_prepare(void) {
    setenv("VIPSHOME", "/nonexistent", 1);
    is_loaded = martlet_vips_load(&loaded) == 0 && loaded.init("martlet") == 0;
    return is_loaded ? 0 : -1;
}

/// Loads the library with the one decoder, and measures the picture.
static enum martlet_thumbnail_outcome prepare(
    struct vips_functions *vips, enum kind kind, int input, const struct martlet_thumbnail_request *request, struct measures *measures
) {
    // The modules of the library are loaded from below this folder: they bring decoders of documents along, and only HEIF is wanted of them.
    if (is_loaded && kind == kind_heif) return MARTLET_THUMBNAIL_ELSEWHERE;
    if (kind != kind_heif) setenv("VIPSHOME", "/nonexistent", 1);
    if (is_loaded) {
        *vips = loaded;
    } else if (martlet_vips_load(vips) != 0 || vips->init("martlet") != 0) {
        return MARTLET_THUMBNAIL_NO_LIBRARY;
    }
    vips->concurrency_set(1);
    vips->cache_set_max(0);
    vips->operation_block_set("VipsForeignLoad", 1);
    vips->operation_block_set(loader_of(kind), 0);
    if (measure(vips, input, measures) != 0) return MARTLET_THUMBNAIL_BROKEN;
    if (measures->width <= 0 || measures->height <= 0) return MARTLET_THUMBNAIL_BROKEN;
    if (kind == kind_png) {
        long frames = png_frames(input);
        measures->frames = frames > 1 ? (frames > 1 << 20 ? 1 << 20 : (int)frames) : 1;
    }
    // These two decoders hold the whole picture in memory, with more than a byte a channel.
    long maximum_pixels = kind == kind_gif || kind == kind_heif ? request->maximum_pixels / 2 : request->maximum_pixels;
    long pixels = (long)measures->width * measures->height;
    // No other kind has a longer side, and to scale a strip takes as long as it is.
    int is_strip = measures->width > longest_side || measures->height > longest_side;
    return pixels > maximum_pixels || is_strip ? MARTLET_THUMBNAIL_TOO_LARGE : MARTLET_THUMBNAIL_MADE;
}

/// Pixels of the frames of the thumbnail, which are all in memory.
static long moving_pixels(const struct measures *of, const struct martlet_thumbnail_request *request) {
    int width, box_width, box_height;
    cover(of, request, &width, &box_width, &box_height);
    long height = (long)of->height * width / of->width + 1;
    return width * height * of->frames;
}

enum martlet_thumbnail_outcome martlet_measure(int input, int output, const struct martlet_thumbnail_request *request) {
    enum kind kind = kind_of(input);
    if (kind == kind_unknown) return MARTLET_THUMBNAIL_UNSUPPORTED;
    struct vips_functions vips;
    struct measures measures;
    enum martlet_thumbnail_outcome outcome = prepare(&vips, kind, input, request, &measures);
    if (outcome != MARTLET_THUMBNAIL_MADE) return outcome;
    int written = dprintf(output, "%s %d %d %d", type_of(kind, input), measures.width, measures.height, measures.frames);
    return written > 0 ? MARTLET_THUMBNAIL_MADE : MARTLET_THUMBNAIL_BROKEN;
}

enum martlet_thumbnail_outcome martlet_thumbnail(int input, int output, const struct martlet_thumbnail_request *request) {
    enum kind kind = kind_of(input);
    if (kind == kind_unknown) return MARTLET_THUMBNAIL_UNSUPPORTED;
    struct vips_functions vips;
    struct measures measures;
    enum martlet_thumbnail_outcome prepared = prepare(&vips, kind, input, request, &measures);
    if (prepared != MARTLET_THUMBNAIL_MADE) return prepared;
    long pixels = (long)measures.width * measures.height;
    int moves = measures.frames > 1 && (kind == kind_gif || kind == kind_webp || kind == kind_png);
    int is_moving = moves && request->animated && measures.frames <= request->maximum_frames
        && pixels * measures.frames <= request->maximum_animated_pixels
        && (kind == kind_png || moving_pixels(&measures, request) <= request->maximum_moving_pixels);
    if (is_moving && kind == kind_png) {
        // The frames of a PNG are not decoded here: it is shown as it is, or else stands still.
        struct stat status;
        if (fstat(input, &status) == 0 && status.st_size <= request->maximum_original_bytes) return MARTLET_THUMBNAIL_ORIGINAL;
        is_moving = 0;
    }
    int is_small = measures.width <= request->width && measures.height <= request->height;
    if (is_small && kind != kind_heif && !measures.is_turned && moves == is_moving) return MARTLET_THUMBNAIL_ORIGINAL;

    vips_object *source = vips.source_new_from_descriptor(input);
    vips_object *target = vips.target_new_to_descriptor(output);
    if (source == NULL || target == NULL) return MARTLET_THUMBNAIL_BROKEN;
    vips_object *image = is_moving ? moving(&vips, source, &measures, request) : still(&vips, source, &measures, request);
    if (image == NULL) return MARTLET_THUMBNAIL_BROKEN;
    int status;
    if (is_moving) {
        status = vips.webpsave_target(image, target, "Q", 75, "effort", 2, "strip", 1, NULL);
    } else if (vips.image_hasalpha(image)) {
        status = vips.pngsave_target(image, target, "compression", 6, "strip", 1, "bitdepth", 8, NULL);
    } else {
        status = vips.jpegsave_target(image, target, "Q", 80, "optimize_coding", 1, "strip", 1, NULL);
    }
    return status == 0 ? MARTLET_THUMBNAIL_MADE : MARTLET_THUMBNAIL_BROKEN;
}
