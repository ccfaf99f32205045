#ifndef MARTLET_CHARSET_H
#define MARTLET_CHARSET_H

#include <stddef.h>

/// The text as UTF-8, with U+FFFD for what is none, and ended by a zero; NULL where memory is short. The encoding is that of a byte order mark,
/// else of the answer's header, else of the page's own `meta`, else UTF-8 where the text is that, else windows-1252.
char *martlet_utf8(const unsigned char *text, size_t count, const char *stated, size_t *result_count);

#endif
