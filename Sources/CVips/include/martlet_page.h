#ifndef MARTLET_PAGE_H
#define MARTLET_PAGE_H

/// The kinds of record that describe a page, in the order in which they stand in it. Each is written as its kind, then its fields: two bytes
/// of length, the higher first, and text in UTF-8.
enum martlet_page_record {
    /// Name (or property) and content.
    MARTLET_PAGE_META = 'M',
    /// The text.
    MARTLET_PAGE_TITLE = 'T',
    /// The address that others are relative to.
    MARTLET_PAGE_BASE = 'B',
    /// Relation, type and address.
    MARTLET_PAGE_LINK = 'L',
    /// Address, width and height as they are stated.
    MARTLET_PAGE_IMAGE = 'I',
    /// The text of a first-level heading.
    MARTLET_PAGE_HEADING = 'H',
    /// The text of a paragraph.
    MARTLET_PAGE_PARAGRAPH = 'P',
};

/// How reading a page ended; the exit status of the process that did it.
enum martlet_page_outcome {
    MARTLET_PAGE_READ = 0,
    MARTLET_PAGE_BROKEN = 43,
    /// libxml2 is not installed.
    MARTLET_PAGE_NO_LIBRARY = 44,
};

/// Reads HTML from `input`, at most so many bytes, and writes its records to `output`. `charset` is what the answer's header said, or empty.
/// For a process of its own: nothing is freed.
enum martlet_page_outcome martlet_page(int input, int output, long maximum_bytes, const char *charset);

#endif
