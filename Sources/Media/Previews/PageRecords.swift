import CVips

/// What a page says of itself, as the process that read it has written it down.
struct PageRecords: Sendable {
    struct Link: Sendable {
        let relations: [Substring]
        let type: String
        let address: String
    }

    struct Picture: Sendable {
        let address: String
        let width: Int?
        let height: Int?
    }

    /// Names in lower case, and contents that are not empty, in the order of the page.
    private(set) var metas: [(name: String, content: String)] = []
    private(set) var title: String?
    private(set) var base: String?
    private(set) var links: [Link] = []
    private(set) var pictures: [Picture] = []
    private(set) var heading: String?
    private(set) var paragraphs: [String] = []

    init() {}

    /// Reads the records; what is malformed ends them.
    init(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while let kind = rest.popFirst() {
            guard let count = PageRecords.fieldCount(kind) else { return }
            var fields: [String] = []
            for _ in 0..<count {
                guard let field = PageRecords.field(&rest) else { return }
                fields.append(field)
            }
            take(kind, fields)
        }
    }

    /// The content of the first of those names that has one.
    func meta(_ names: String...) -> String? {
        for name in names {
            if let found = metas.first(where: { $0.name == name }) { return found.content }
        }
        return nil
    }

    private static func fieldCount(_ kind: UInt8) -> Int? {
        switch martlet_page_record(UInt32(kind)) {
        case MARTLET_PAGE_META: 2
        case MARTLET_PAGE_LINK, MARTLET_PAGE_IMAGE: 3
        case MARTLET_PAGE_TITLE, MARTLET_PAGE_BASE, MARTLET_PAGE_HEADING, MARTLET_PAGE_PARAGRAPH: 1
        default: nil
        }
    }

    private static func field(_ rest: inout ArraySlice<UInt8>) -> String? {
        guard let high = rest.popFirst(), let low = rest.popFirst() else { return nil }
        let count = Int(high) << 8 | Int(low)
        guard rest.count >= count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return String(decoding: rest.prefix(count), as: UTF8.self)
    }

    private mutating func take(_ kind: UInt8, _ fields: [String]) {
        switch martlet_page_record(UInt32(kind)) {
        case MARTLET_PAGE_META:
            let content = PreviewText.trimmed(fields[1])
            if !content.isEmpty { metas.append((fields[0].lowercased(), content)) }
        case MARTLET_PAGE_LINK:
            links.append(Link(relations: fields[0].lowercased().split(separator: " "), type: fields[1].lowercased(), address: fields[2]))
        case MARTLET_PAGE_IMAGE: pictures.append(Picture(address: fields[0], width: Int(fields[1]), height: Int(fields[2])))
        case MARTLET_PAGE_TITLE: title = title ?? fields[0]
        case MARTLET_PAGE_BASE: base = base ?? fields[0]
        case MARTLET_PAGE_HEADING: heading = heading ?? fields[0]
        default: paragraphs.append(fields[0])
        }
    }
}
