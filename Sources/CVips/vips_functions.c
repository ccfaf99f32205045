#include "vips_functions.h"
#include <dlfcn.h>
#include <stddef.h>

int martlet_vips_load(struct vips_functions *vips) {
    void *library = dlopen("libvips.so.42", RTLD_NOW | RTLD_GLOBAL);
    if (library == NULL) return -1;
    const struct {
        const char *name;
        void **place;
    } functions[] = {
        {"vips_init", (void **)&vips->init},
        {"vips_concurrency_set", (void **)&vips->concurrency_set},
        {"vips_cache_set_max", (void **)&vips->cache_set_max},
        {"vips_operation_block_set", (void **)&vips->operation_block_set},
        {"vips_source_new_from_descriptor", (void **)&vips->source_new_from_descriptor},
        {"vips_target_new_to_descriptor", (void **)&vips->target_new_to_descriptor},
        {"vips_image_new_from_source", (void **)&vips->image_new_from_source},
        {"vips_image_get_width", (void **)&vips->image_get_width},
        {"vips_image_get_height", (void **)&vips->image_get_height},
        {"vips_image_get_n_pages", (void **)&vips->image_get_n_pages},
        {"vips_image_get_page_height", (void **)&vips->image_get_page_height},
        {"vips_image_get_orientation", (void **)&vips->image_get_orientation},
        {"vips_image_get_interpretation", (void **)&vips->image_get_interpretation},
        {"vips_image_get_typeof", (void **)&vips->image_get_typeof},
        {"vips_image_hasalpha", (void **)&vips->image_hasalpha},
        {"vips_image_set_int", (void **)&vips->image_set_int},
        {"vips_image_copy_memory", (void **)&vips->image_copy_memory},
        {"vips_thumbnail_source", (void **)&vips->thumbnail_source},
        {"vips_extract_area", (void **)&vips->extract_area},
        {"vips_arrayjoin", (void **)&vips->arrayjoin},
        {"vips_jpegsave_target", (void **)&vips->jpegsave_target},
        {"vips_pngsave_target", (void **)&vips->pngsave_target},
        {"vips_webpsave_target", (void **)&vips->webpsave_target},
    };
    for (size_t index = 0; index < sizeof functions / sizeof functions[0]; index++) {
        *functions[index].place = dlsym(library, functions[index].name);
        if (*functions[index].place == NULL) return -1;
    }
    return 0;
}
