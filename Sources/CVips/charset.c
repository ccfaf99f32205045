#include "charset.h"
#include <ctype.h>
#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { name_bytes = 40, scanned_bytes = 4096 };

/// Names that pages use in another sense than the library of conversions does ("Encoding Standard", names and labels).
static const char *resolve(const char *name) {
    static const char *aliases[][2] = {
        {"utf8", "UTF-8"}, {"unicode-1-1-utf-8", "UTF-8"}, {"iso-8859-1", "WINDOWS-1252"}, {"iso8859-1", "WINDOWS-1252"},
        {"latin1", "WINDOWS-1252"}, {"l1", "WINDOWS-1252"}, {"ascii", "WINDOWS-1252"}, {"us-ascii", "WINDOWS-1252"},
        {"cp1252", "WINDOWS-1252"}, {"x-cp1252", "WINDOWS-1252"}, {"windows-1252", "WINDOWS-1252"}, {"iso-8859-9", "WINDOWS-1254"},
        {"latin5", "WINDOWS-1254"}, {"iso-8859-11", "WINDOWS-874"}, {"tis-620", "WINDOWS-874"}, {"gb2312", "GB18030"}, {"gbk", "GB18030"},
        {"x-gbk", "GB18030"}, {"gb_2312-80", "GB18030"}, {"shift_jis", "CP932"}, {"shift-jis", "CP932"}, {"sjis", "CP932"},
        {"x-sjis", "CP932"}, {"windows-31j", "CP932"}, {"ms_kanji", "CP932"}, {"x-euc-jp", "EUC-JP"}, {"euc-kr", "CP949"},
        {"ks_c_5601-1987", "CP949"}, {"ksc5601", "CP949"}, {"windows-949", "CP949"}, {"big5", "BIG5-HKSCS"}, {"x-x-big5", "BIG5-HKSCS"},
        {"utf-16", "UTF-16LE"}, {"x-mac-roman", "MACINTOSH"}, {"koi8", "KOI8-R"},
    };
    for (size_t index = 0; index < sizeof aliases / sizeof aliases[0]; index++)
        if (strcasecmp(name, aliases[index][0]) == 0) return aliases[index][1];
    return name;
}

/// Copies a name of an encoding without quotes; an empty one where it is none.
static void copy_name(char *to, const unsigned char *from, const unsigned char *end) {
    while (from < end && (isspace(*from) || *from == '"' || *from == '\'')) from++;
    size_t count = 0;
    while (from < end && count < name_bytes - 1 && (isalnum(*from) || strchr("-_.:", *from) != NULL) && *from != 0) to[count++] = (char)*from++;
    to[count] = 0;
}

static const unsigned char *find(const unsigned char *start, const unsigned char *end, const char *word) {
    size_t count = strlen(word);
    for (; (size_t)(end - start) >= count && start < end; start++)
        if (strncasecmp((const char *)start, word, count) == 0) return start;
    return NULL;
}

/// The encoding that a `meta` element at the start of the page states.
static void declared(char *name, const unsigned char *text, size_t count) {
    const unsigned char *end = text + (count < scanned_bytes ? count : scanned_bytes);
    name[0] = 0;
    for (const unsigned char *meta = text; (meta = find(meta, end, "<meta")) != NULL; meta++) {
        const unsigned char *close = memchr(meta, '>', (size_t)(end - meta));
        if (close == NULL) return;
        const unsigned char *place = find(meta, close, "charset");
        if (place == NULL) continue;
        place += strlen("charset");
        while (place < close && isspace(*place)) place++;
        if (place == close || *place != '=') continue;
        copy_name(name, place + 1, close);
        // What could be read so far as ASCII is not in two-byte units, whatever it says.
        if (strncasecmp(name, "utf-16", 6) == 0) strcpy(name, "UTF-8");
        if (name[0] != 0) return;
    }
}

static int is_utf8(const unsigned char *text, size_t count) {
    for (size_t index = 0; index < count;) {
        unsigned char byte = text[index];
        size_t length = byte < 0x80 ? 1 : byte >= 0xc2 && byte < 0xe0 ? 2 : byte >= 0xe0 && byte < 0xf0 ? 3 : byte >= 0xf0 && byte < 0xf5 ? 4 : 0;
        if (length == 0) return 0;
        // The page may be cut within a character.
        if (index + length > count) return 1;
        for (size_t next = 1; next < length; next++)
            if ((text[index + next] & 0xc0) != 0x80) return 0;
        index += length;
    }
    return 1;
}

/// The characters of windows-1252 from 0x80 to 0x9f; done here, since the library's own tables may not be installed.
static const unsigned short upper_controls[32] = {
    0x20ac, 0x81, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0x8d, 0x17d, 0x8f,
    0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122, 0x161, 0x203a, 0x153, 0x9d, 0x17e, 0x178,
};

static char *western(const unsigned char *text, size_t count, size_t *result_count) {
    char *result = malloc(count * 3 + 1);
    if (result == NULL) return NULL;
    size_t end = 0;
    for (size_t index = 0; index < count; index++) {
        unsigned character = text[index] >= 0x80 && text[index] < 0xa0 ? upper_controls[text[index] - 0x80] : text[index];
        if (character < 0x80) {
            result[end++] = (char)character;
        } else if (character < 0x800) {
            result[end++] = (char)(0xc0 | character >> 6);
            result[end++] = (char)(0x80 | (character & 0x3f));
        } else {
            result[end++] = (char)(0xe0 | character >> 12);
            result[end++] = (char)(0x80 | (character >> 6 & 0x3f));
            result[end++] = (char)(0x80 | (character & 0x3f));
        }
    }
    *result_count = end;
    return result;
}

static char *converted(iconv_t conversion, const unsigned char *text, size_t count, size_t *result_count) {
    size_t capacity = count * 4 + 16;
    char *result = malloc(capacity + 1);
    if (result == NULL) return NULL;
    char *input = (char *)text, *output = result;
    size_t input_left = count, output_left = capacity;
    while (input_left > 0 && output_left > 3) {
        if (iconv(conversion, &input, &input_left, &output, &output_left) != (size_t)-1) break;
        if (errno != EILSEQ && errno != EINVAL) break;
        if (input_left == 0 || output_left < 4) break;
        memcpy(output, "\xef\xbf\xbd", 3);
        output += 3;
        output_left -= 3;
        input++;
        input_left--;
    }
    *result_count = (size_t)(output - result);
    return result;
}

char *martlet_utf8(const unsigned char *text, size_t count, const char *stated, size_t *result_count) {
    char name[name_bytes];
    if (count >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        strcpy(name, "UTF-8");
        text += 3;
        count -= 3;
    } else if (count >= 2 && (memcmp(text, "\xff\xfe", 2) == 0 || memcmp(text, "\xfe\xff", 2) == 0)) {
        strcpy(name, text[0] == 0xff ? "UTF-16LE" : "UTF-16BE");
        text += 2;
        count -= 2;
    } else {
        copy_name(name, (const unsigned char *)stated, (const unsigned char *)stated + strlen(stated));
        if (name[0] == 0) declared(name, text, count);
    }
    const char *encoding = name[0] == 0 ? (is_utf8(text, count) ? "UTF-8" : "WINDOWS-1252") : resolve(name);
    char *result = NULL;
    if (strcmp(encoding, "WINDOWS-1252") != 0) {
        iconv_t conversion = iconv_open("UTF-8", encoding);
        if (conversion == (iconv_t)-1) conversion = iconv_open("UTF-8", is_utf8(text, count) ? "UTF-8" : "WINDOWS-1252");
        if (conversion != (iconv_t)-1) result = converted(conversion, text, count, result_count);
    }
    if (result == NULL) result = western(text, count, result_count);
    if (result == NULL) return NULL;
    for (size_t index = 0; index < *result_count; index++)
        if (result[index] == 0) result[index] = ' ';
    result[*result_count] = 0;
    return result;
}
