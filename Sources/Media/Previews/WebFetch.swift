import Database
import Federation
import Synchronization

/// Gets one thing from the web into a file, as much of it as its kind is worth.
struct WebFetch: Sendable {
    /// What a thing is, by its type.
    enum Kind: Hashable, Sendable {
        case page, picture, sound, film, embed, other

        init(contentType field: String?) {
            // Pages without a type are older than types.
            guard let field, !field.isEmpty else {
                self = .page
                return
            }
            let essence = field.prefix { $0 != ";" }.filter { !$0.isWhitespace }.lowercased()
            switch essence {
            case "text/html", "application/xhtml+xml": self = .page
            case "application/json", "application/json+oembed", "text/json": self = .embed
            case _ where essence.hasPrefix("image/"): self = .picture
            case _ where essence.hasPrefix("audio/"): self = .sound
            case _ where essence.hasPrefix("video/"): self = .film
            default: self = .other
            }
        }
    }

    /// What was found.
    struct Found: Sendable {
        let url: WebURL
        let kind: Kind
        let contentType: String
        /// The charset that the type states.
        let charset: String?
        let file: IncomingFile
        let maximumAgeMilliseconds: Int?
    }

    /// The file on its way.
    private final class Catch: Sendable {
        private struct TooLarge: Error {}
        let file: IncomingFile
        private let settings: PreviewSettings
        private let kind = Mutex(Kind.other)

        init(_ file: IncomingFile, _ settings: PreviewSettings) {
            self.file = file
            self.settings = settings
        }

        func begin(_ answer: InboundAnswer) throws {
            let found = Kind(contentType: answer.header("content-type"))
            kind.withLock { $0 = found }
            try file.restart()
            if limit(found) == 0 { throw AnswerSink.Enough() }
        }

        func write(_ piece: ArraySlice<UInt8>) throws {
            let kind = kind.withLock { $0 }
            let room = limit(kind) - file.count
            guard piece.count > room else { return try file.write(piece) }
            // The head of a page says what there is to say; half a picture is none.
            guard kind == .page else { throw TooLarge() }
            try file.write(piece.prefix(room))
            throw AnswerSink.Enough()
        }

        private func limit(_ kind: Kind) -> Int {
            switch kind {
            case .page: settings.pageBytes
            case .picture: settings.pictureBytes
            case .embed: settings.embedBytes
            case .sound, .film, .other: 0
            }
        }
    }

    let client: WebClient
    let folder: MediaFolder
    let settings: PreviewSettings
    let environment: Environment

    /// Gets it before the deadline, in milliseconds of the monotonic clock. Statuses other than 200 are thrown.
    func get(_ url: WebURL, accept: String, deadline: Int) async throws -> Found {
        let target = Catch(try folder.incoming(), settings)
        let sink = AnswerSink(beginning: { try target.begin($0) }, write: { try target.write($0) })
        let left = deadline - environment.monotonicMilliseconds()
        guard left > 0 else { throw WebError.timeout }
        let headers = [(name: "Accept", value: accept), (name: "Accept-Language", value: settings.acceptLanguage)]
        let found = try await client.get(url, headers: headers, timeoutMilliseconds: left, into: sink)
        guard found.answer.status == 200 else { throw PreviewFailure.status(found.answer.status) }
        let field = found.answer.header("content-type")
        return Found(
            url: found.url, kind: Kind(contentType: field), contentType: field ?? "text/html", charset: WebFetch.charset(field),
            file: target.file, maximumAgeMilliseconds: found.maximumAgeMilliseconds)
    }

    private static func charset(_ field: String?) -> String? {
        for parameter in (field ?? "").split(separator: ";").dropFirst() {
            let pair = parameter.split(separator: "=", maxSplits: 1)
            guard pair.count == 2, pair[0].filter({ !$0.isWhitespace }).lowercased() == "charset" else { continue }
            return pair[1].filter { $0 != "\"" && $0 != "'" && !$0.isWhitespace }
        }
        return nil
    }
}
