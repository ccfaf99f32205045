/// What a page says about itself to programs that show links: lines for its head, in the words of Open Graph and of Twitter's cards.
struct PageHead {
    let title: String
    let description: String?
    /// Addresses in full; nil where they are not known.
    let address: String?
    let picture: String?
    /// The name of the server that the page is on.
    let site: String

    /// Longest description, in characters.
    private static let descriptionCharacters = 300

    var html: String {
        var lines = [
            property("og:type", "website"), property("og:site_name", site), property("og:title", title), named("twitter:card", "summary"),
            named("twitter:title", title),
        ]
        if let description {
            let short = PageHead.shortened(description)
            lines += [named("description", short), property("og:description", short), named("twitter:description", short)]
        }
        if let address { lines.append(property("og:url", address)) }
        if let picture { lines += [property("og:image", picture), named("twitter:image", picture)] }
        return lines.joined(separator: "\n")
    }

    private static func shortened(_ text: String) -> String {
        text.count <= descriptionCharacters ? text : text.prefix(descriptionCharacters - 1) + "…"
    }

    private func property(_ name: String, _ value: String) -> String { "<meta property=\"\(name)\" content=\"\(HTMLText.escaped(value))\">" }

    private func named(_ name: String, _ value: String) -> String { "<meta name=\"\(name)\" content=\"\(HTMLText.escaped(value))\">" }
}

/// Text as it may stand in HTML, within elements and quoted attributes.
enum HTMLText {
    /// Characters that mean something in HTML are written as references; control characters become spaces, and those that turn the direction
    /// of what follows are left out.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            case "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}": continue
            default:
                switch scalar.properties.generalCategory {
                case .control, .lineSeparator, .paragraphSeparator: escaped += " "
                default: escaped.unicodeScalars.append(scalar)
                }
            }
        }
        return escaped
    }
}
