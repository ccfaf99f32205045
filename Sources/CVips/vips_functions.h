#ifndef MARTLET_VIPS_FUNCTIONS_H
#define MARTLET_VIPS_FUNCTIONS_H

// The functions of libvips 8 (soname 42) that are used, found at run time: the library brings a hundred others along, which the server itself
// is not to load, and its absence costs thumbnails only.
typedef struct vips_object vips_object;

struct vips_functions {
    int (*init)(const char *program);
    void (*concurrency_set)(int threads);
    void (*cache_set_max)(int operations);
    void (*operation_block_set)(const char *name, int is_blocked);
    vips_object *(*source_new_from_descriptor)(int descriptor);
    vips_object *(*target_new_to_descriptor)(int descriptor);
    vips_object *(*image_new_from_source)(vips_object *source, const char *options, ...);
    int (*image_get_width)(const vips_object *image);
    int (*image_get_height)(vips_object *image);
    int (*image_get_n_pages)(vips_object *image);
    int (*image_get_page_height)(vips_object *image);
    int (*image_get_orientation)(vips_object *image);
    int (*image_get_interpretation)(const vips_object *image);
    unsigned long (*image_get_typeof)(const vips_object *image, const char *field);
    int (*image_hasalpha)(vips_object *image);
    void (*image_set_int)(vips_object *image, const char *name, int value);
    vips_object *(*image_copy_memory)(vips_object *image);
    int (*thumbnail_source)(vips_object *source, vips_object **out, int width, ...);
    int (*extract_area)(vips_object *in, vips_object **out, int left, int top, int width, int height, ...);
    int (*arrayjoin)(vips_object **in, vips_object **out, int count, ...);
    int (*jpegsave_target)(vips_object *in, vips_object *target, ...);
    int (*pngsave_target)(vips_object *in, vips_object *target, ...);
    int (*webpsave_target)(vips_object *in, vips_object *target, ...);
};

/// Loads the library. 0 on success.
int martlet_vips_load(struct vips_functions *vips);

#endif
