public import Database
import Glibc
import MatrixAPI

/// The folder of the media repository: `content` and `thumbnails`, named by hash, and `incoming` for what is being written.
public struct MediaFolder: Sendable {
    private let path: String
    private let environment: Environment

    /// Makes what is missing in the folder, which must exist, and removes what an earlier run left half written.
    public init(path: String, environment: Environment) throws {
        self.path = path
        self.environment = environment
        for name in ["content", "thumbnails", "incoming"] { try MediaFolder.make(path + "/" + name) }
        try removeIncoming()
    }

    private func removeIncoming() throws(FileError) {
        guard let folder = opendir(path + "/incoming") else { throw FileError("opendir") }
        defer { closedir(folder) }
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { name in String(decoding: name.prefix { $0 != 0 }, as: UTF8.self) }
            if name != ".", name != ".." { unlink(path + "/incoming/" + name) }
        }
    }

    private static func make(_ path: String) throws(FileError) {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw FileError("mkdir") }
    }

    /// A new file to write into.
    func incoming() throws(FileError) -> IncomingFile {
        try IncomingFile(path: path + "/incoming/" + environment.randomToken(bytes: 18))
    }

    /// The file of that content; nil where there is none.
    func content(_ hash: ContentHash) throws(FileError) -> OpenFile? { try OpenFile(path: place("content", hash)) }

    /// Whether the file of that content is there.
    func holds(_ hash: ContentHash) -> Bool { access(place("content", hash), F_OK) == 0 }

    /// The file of a thumbnail of that content; nil where there is none.
    func thumbnail(_ hash: ContentHash, _ form: ThumbnailForm) throws(FileError) -> OpenFile? {
        try OpenFile(path: place("thumbnails", hash) + MediaFolder.suffix(form))
    }

    /// Gives a finished file its place among the contents. It blocks.
    func place(_ file: IncomingFile, as hash: ContentHash) throws(FileError) { try link(file, in: "content", hash, suffix: "") }

    /// Gives a finished file its place among the thumbnails.
    func place(_ file: IncomingFile, asThumbnailOf hash: ContentHash, _ form: ThumbnailForm) throws(FileError) {
        try link(file, in: "thumbnails", hash, suffix: MediaFolder.suffix(form))
    }

    /// Removes content and its thumbnails.
    func remove(_ hash: ContentHash) {
        unlink(place("content", hash))
        let folder = MediaFolder.folder("thumbnails", hash)
        guard let entries = opendir(path + "/" + folder) else { return }
        defer { closedir(entries) }
        let prefix = hash.hex
        while let entry = readdir(entries) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { name in String(decoding: name.prefix { $0 != 0 }, as: UTF8.self) }
            if name.hasPrefix(prefix) { unlink(path + "/" + folder + "/" + name) }
        }
    }

    /// The contents whose files, or whose thumbnails, are in one of the 256 parts of the folder and were put there before a time, in seconds
    /// since 1970; at most so many. It blocks.
    func contents(inPart part: UInt8, before time: Int, atMost count: Int) -> [ContentHash] {
        let outer = ContentHash(bytes: [part]).hex
        var found: Set<String> = []
        for kind in ["content", "thumbnails"] {
            for inner in MediaFolder.names(in: "\(path)/\(kind)/\(outer)") {
                let folder = "\(path)/\(kind)/\(outer)/\(inner)"
                for name in MediaFolder.names(in: folder) where found.count < count {
                    var status = stat()
                    guard stat(folder + "/" + name, &status) == 0, status.st_ctim.tv_sec < time else { continue }
                    found.insert(String(name.prefix { $0 != "-" }))
                }
            }
        }
        return found.sorted().compactMap { ContentHash(hex: $0) }
    }

    private static func names(in folder: String) -> [String] {
        guard let entries = opendir(folder) else { return [] }
        defer { closedir(entries) }
        var names: [String] = []
        while let entry = readdir(entries) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { name in String(decoding: name.prefix { $0 != 0 }, as: UTF8.self) }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names
    }

    private func link(_ file: IncomingFile, in kind: String, _ hash: ContentHash, suffix: String) throws(FileError) {
        let hex = hash.hex
        let outer = path + "/\(kind)/" + hex.prefix(2)
        try MediaFolder.make(outer)
        let inner = path + "/" + MediaFolder.folder(kind, hash)
        try MediaFolder.make(inner)
        guard Glibc.link(file.path, inner + "/" + hex + suffix) == 0 || errno == EEXIST else { throw FileError("link") }
        for folder in [inner, outer, path + "/" + kind] { try MediaFolder.synchronize(folder) }
    }

    /// Makes sure that the names in a folder outlive a loss of power.
    private static func synchronize(_ folder: String) throws(FileError) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError("open") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw FileError("fsync") }
    }

    private func place(_ kind: String, _ hash: ContentHash) -> String { path + "/" + MediaFolder.folder(kind, hash) + "/" + hash.hex }

    private static func folder(_ kind: String, _ hash: ContentHash) -> String {
        let hex = hash.hex
        return "\(kind)/\(hex.prefix(2))/\(hex.dropFirst(2).prefix(2))"
    }

    private static func suffix(_ form: ThumbnailForm) -> String {
        "-\(form.width)x\(form.height)-\(form.fit.rawValue)\(form.isAnimated ? "-animated" : "")"
    }
}
