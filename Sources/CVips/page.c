#include "martlet_page.h"
#include "charset.h"
#include "xml_functions.h"
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

// Values of libxml2's enumerations.
enum {
    recover = 1 << 0, no_errors = 1 << 5, no_warnings = 1 << 6, no_network = 1 << 11, compact = 1 << 16, ignore_encoding = 1 << 21,
    element_node = 1, text_node = 3, section_node = 4,
};
enum { address_bytes = 4096, text_bytes = 2048, shortest_paragraph = 40 };
enum { maximum_records = 600, maximum_images = 60, maximum_paragraphs = 12 };

/// Text in the making, with runs of white space as one blank.
struct text {
    unsigned char bytes[text_bytes];
    size_t count;
    int depth;
    int is_open;
};

struct walk {
    const struct xml_functions *xml;
    xml_reader *reader;
    unsigned char *output;
    size_t count, capacity;
    int records, images, paragraphs, has_title, has_heading;
    /// The depth of the element whose content is no text of the page; -1 for none.
    int skipped;
    struct text title, heading, paragraph;
};

static void put(struct walk *walk, char kind, int fields, const char *const values[]) {
    if (walk->records >= maximum_records) return;
    size_t start = walk->count;
    walk->output[walk->count++] = (unsigned char)kind;
    for (int index = 0; index < fields; index++) {
        const char *value = values[index] == NULL ? "" : values[index];
        size_t length = strnlen(value, address_bytes + 1);
        if (length > address_bytes) {
            length = text_bytes;
            // Not within a character.
            while (length > 0 && ((unsigned char)value[length] & 0xc0) == 0x80) length--;
        }
        if (walk->count + length + 2 > walk->capacity) {
            walk->count = start;
            return;
        }
        walk->output[walk->count++] = (unsigned char)(length >> 8);
        walk->output[walk->count++] = (unsigned char)(length & 0xff);
        memcpy(walk->output + walk->count, value, length);
        walk->count += length;
    }
    walk->records++;
}

static void open_text(struct text *text, int depth) {
    text->count = 0;
    text->depth = depth;
    text->is_open = 1;
}

static void append(struct text *text, const unsigned char *value) {
    if (!text->is_open) return;
    for (; *value != 0; value++) {
        int is_space = *value == ' ' || (*value >= 9 && *value <= 13);
        if (is_space && (text->count == 0 || text->bytes[text->count - 1] == ' ')) continue;
        if (text->count + 1 >= text_bytes) return;
        text->bytes[text->count++] = is_space ? ' ' : *value;
    }
}

/// Ends a text where the walk has left its element; 1 where it ended now.
static int close_text(struct text *text, int depth) {
    if (!text->is_open || depth > text->depth) return 0;
    text->is_open = 0;
    // Cut within a character, perhaps.
    if (text->count + 1 >= text_bytes)
        while (text->count > 0 && (text->bytes[text->count - 1] & 0xc0) == 0x80) text->count--;
    if (text->count + 1 >= text_bytes && text->count > 0) text->count--;
    while (text->count > 0 && text->bytes[text->count - 1] == ' ') text->count--;
    text->bytes[text->count] = 0;
    return 1;
}

static void close_texts(struct walk *walk, int depth) {
    if (close_text(&walk->title, depth) && walk->title.count > 0) {
        put(walk, MARTLET_PAGE_TITLE, 1, (const char *[]){(const char *)walk->title.bytes});
        walk->has_title = 1;
    }
    if (close_text(&walk->heading, depth) && walk->heading.count > 0) {
        put(walk, MARTLET_PAGE_HEADING, 1, (const char *[]){(const char *)walk->heading.bytes});
        walk->has_heading = 1;
    }
    if (close_text(&walk->paragraph, depth) && walk->paragraph.count >= shortest_paragraph && walk->paragraphs++ < maximum_paragraphs)
        put(walk, MARTLET_PAGE_PARAGRAPH, 1, (const char *[]){(const char *)walk->paragraph.bytes});
}

static const char *attribute(struct walk *walk, const char *name) {
    return (const char *)walk->xml->attribute(walk->reader, (const unsigned char *)name);
}

static int is_one_of(const char *name, const char *const names[], size_t count) {
    for (size_t index = 0; index < count; index++)
        if (strcasecmp(name, names[index]) == 0) return 1;
    return 0;
}

/// What a page has beside its text: the frame that is on each page of a site, and what is no text at all.
static int is_beside(const char *name) {
    static const char *const names[] = {
        "script", "style", "noscript", "template", "nav", "header", "footer", "aside", "form", "button", "select", "textarea", "svg", "iframe",
        "object", "canvas", "dialog",
    };
    return is_one_of(name, names, sizeof names / sizeof names[0]);
}

static void visit_meta(struct walk *walk) {
    const char *name = attribute(walk, "property");
    if (name == NULL) name = attribute(walk, "name");
    if (name == NULL) name = attribute(walk, "itemprop");
    const char *content = attribute(walk, "content");
    if (name != NULL && content != NULL) put(walk, MARTLET_PAGE_META, 2, (const char *[]){name, content});
}

static void visit_image(struct walk *walk) {
    const char *address = attribute(walk, "src");
    if (address == NULL || address[0] == 0 || strncasecmp(address, "data:", 5) == 0) return;
    if (strlen(address) > address_bytes || walk->images++ >= maximum_images) return;
    put(walk, MARTLET_PAGE_IMAGE, 3, (const char *[]){address, attribute(walk, "width"), attribute(walk, "height")});
}

static void visit_element(struct walk *walk, int depth) {
    const char *name = (const char *)walk->xml->name(walk->reader);
    if (name == NULL) return;
    if (strcasecmp(name, "meta") == 0) return visit_meta(walk);
    if (strcasecmp(name, "base") == 0) {
        const char *address = attribute(walk, "href");
        if (address != NULL) put(walk, MARTLET_PAGE_BASE, 1, (const char *[]){address});
    } else if (strcasecmp(name, "link") == 0) {
        const char *address = attribute(walk, "href");
        if (address != NULL && strlen(address) <= address_bytes)
            put(walk, MARTLET_PAGE_LINK, 3, (const char *[]){attribute(walk, "rel"), attribute(walk, "type"), address});
    }
    if (walk->skipped >= 0) return;
    if (is_beside(name)) {
        walk->skipped = depth;
    } else if (strcasecmp(name, "img") == 0) {
        visit_image(walk);
    } else if (strcasecmp(name, "title") == 0 && !walk->has_title) {
        open_text(&walk->title, depth);
    } else if (strcasecmp(name, "h1") == 0 && !walk->has_heading) {
        open_text(&walk->heading, depth);
    } else if (strcasecmp(name, "p") == 0) {
        open_text(&walk->paragraph, depth);
    } else if (strcasecmp(name, "br") == 0) {
        append(&walk->heading, (const unsigned char *)" ");
        append(&walk->paragraph, (const unsigned char *)" ");
    }
}

static void visit(struct walk *walk) {
    int type = walk->xml->node_type(walk->reader);
    int depth = walk->xml->depth(walk->reader);
    if (walk->skipped >= 0 && depth <= walk->skipped) walk->skipped = -1;
    close_texts(walk, depth);
    if (type == element_node) return visit_element(walk, depth);
    if ((type != text_node && type != section_node) || walk->skipped >= 0) return;
    const unsigned char *value = walk->xml->value(walk->reader);
    if (value == NULL) return;
    append(&walk->title, value);
    append(&walk->heading, value);
    append(&walk->paragraph, value);
}

static unsigned char *read_all(int input, long maximum_bytes, size_t *count) {
    unsigned char *bytes = malloc((size_t)maximum_bytes + 1);
    if (bytes == NULL) return NULL;
    *count = 0;
    while (*count < (size_t)maximum_bytes) {
        ssize_t got = pread(input, bytes + *count, (size_t)maximum_bytes - *count, (off_t)*count);
        if (got <= 0) break;
        *count += (size_t)got;
    }
    return bytes;
}

static int write_all(int output, const unsigned char *bytes, size_t count) {
    while (count > 0) {
        ssize_t written = write(output, bytes, count);
        if (written <= 0) return -1;
        bytes += written;
        count -= (size_t)written;
    }
    return 0;
}

enum martlet_page_outcome martlet_page(int input, int output, long maximum_bytes, const char *charset) {
    struct xml_functions xml;
    if (martlet_xml_load(&xml) != 0) return MARTLET_PAGE_NO_LIBRARY;
    size_t count = 0, text_count = 0;
    unsigned char *bytes = read_all(input, maximum_bytes, &count);
    char *text = bytes == NULL ? NULL : martlet_utf8(bytes, count, charset, &text_count);
    if (text == NULL || text_count > INT_MAX) return MARTLET_PAGE_BROKEN;
    int options = recover | no_errors | no_warnings | no_network | compact | ignore_encoding;
    xml_document *document = xml.read_html(text, (int)text_count, NULL, "UTF-8", options);
    if (document == NULL) return text_count == 0 ? MARTLET_PAGE_READ : MARTLET_PAGE_BROKEN;
    struct walk walk = {.xml = &xml, .reader = xml.walk(document), .capacity = 1 << 20, .skipped = -1};
    walk.output = malloc(walk.capacity);
    if (walk.reader == NULL || walk.output == NULL) return MARTLET_PAGE_BROKEN;
    while (walk.records < maximum_records && xml.read(walk.reader) == 1) visit(&walk);
    close_texts(&walk, -1);
    return write_all(output, walk.output, walk.count) == 0 ? MARTLET_PAGE_READ : MARTLET_PAGE_BROKEN;
}
