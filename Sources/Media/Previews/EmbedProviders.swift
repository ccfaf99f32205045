import Federation

/// Sites whose pages say nothing without a browser, and which therefore are asked by oEmbed at once.
enum EmbedProviders {
    private struct Provider {
        let domains: [String]
        let pathPrefixes: [String]
        let pathPart: String
        let endpoint: String
    }

    private static let providers = [
        Provider(domains: ["twitter.com", "x.com"], pathPrefixes: ["/"], pathPart: "/status/", endpoint: "https://publish.twitter.com/oembed"),
        Provider(
            domains: ["youtube.com"], pathPrefixes: ["/watch", "/shorts/", "/playlist", "/live/"], pathPart: "",
            endpoint: "https://www.youtube.com/oembed"),
        Provider(domains: ["youtu.be"], pathPrefixes: ["/"], pathPart: "", endpoint: "https://www.youtube.com/oembed"),
        Provider(domains: ["tiktok.com"], pathPrefixes: ["/"], pathPart: "/video/", endpoint: "https://www.tiktok.com/oembed"),
        Provider(domains: ["reddit.com"], pathPrefixes: ["/r/"], pathPart: "/comments/", endpoint: "https://www.reddit.com/oembed"),
    ]

    /// Where to ask about a page; nil where the page itself is to be read.
    static func endpoint(for url: WebURL) -> WebURL? {
        let provider = providers.first { provider in
            provider.domains.contains { url.host == $0 || url.host.hasSuffix("." + $0) }
                && provider.pathPrefixes.contains { url.path.hasPrefix($0) } && url.path.contains(provider.pathPart)
        }
        return provider.flatMap { WebURL($0.endpoint + "?format=json&url=" + encoded(url.description)) }
    }

    private static func encoded(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            let scalar = Unicode.Scalar(byte)
            if scalar.isASCII, scalar.properties.isAlphabetic || scalar.properties.numericType != nil || "-._~".unicodeScalars.contains(scalar) {
                result.unicodeScalars.append(scalar)
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                result += byte < 16 ? "%0" + digits : "%" + digits
            }
        }
        return result
    }
}
