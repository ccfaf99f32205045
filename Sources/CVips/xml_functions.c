#include "xml_functions.h"
#include <dlfcn.h>
#include <stddef.h>

int martlet_xml_load(struct xml_functions *xml) {
    void *library = dlopen("libxml2.so.2", RTLD_NOW | RTLD_GLOBAL);
    if (library == NULL) library = dlopen("libxml2.so.16", RTLD_NOW | RTLD_GLOBAL);
    if (library == NULL) return -1;
    const struct {
        const char *name;
        void **place;
    } functions[] = {
        {"htmlReadMemory", (void **)&xml->read_html},
        {"xmlReaderWalker", (void **)&xml->walk},
        {"xmlTextReaderRead", (void **)&xml->read},
        {"xmlTextReaderNodeType", (void **)&xml->node_type},
        {"xmlTextReaderDepth", (void **)&xml->depth},
        {"xmlTextReaderConstLocalName", (void **)&xml->name},
        {"xmlTextReaderConstValue", (void **)&xml->value},
        {"xmlTextReaderGetAttribute", (void **)&xml->attribute},
    };
    for (size_t index = 0; index < sizeof functions / sizeof functions[0]; index++) {
        *functions[index].place = dlsym(library, functions[index].name);
        if (*functions[index].place == NULL) return -1;
    }
    return 0;
}
