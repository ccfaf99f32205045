#ifndef MARTLET_XML_FUNCTIONS_H
#define MARTLET_XML_FUNCTIONS_H

// The functions of libxml2 that are used, found at run time: only the process that reads one page loads the library, and its absence costs
// previews only. None of the library's structures is touched, so that any version of it serves.
typedef struct xml_document xml_document;
typedef struct xml_reader xml_reader;

struct xml_functions {
    xml_document *(*read_html)(const char *text, int count, const char *url, const char *encoding, int options);
    xml_reader *(*walk)(xml_document *document);
    int (*read)(xml_reader *reader);
    int (*node_type)(xml_reader *reader);
    int (*depth)(xml_reader *reader);
    const unsigned char *(*name)(xml_reader *reader);
    const unsigned char *(*value)(xml_reader *reader);
    unsigned char *(*attribute)(xml_reader *reader, const unsigned char *name);
};

/// Loads the library. 0 on success.
int martlet_xml_load(struct xml_functions *xml);

#endif
