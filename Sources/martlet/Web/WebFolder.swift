import Glibc
import MatrixAPI
import Synchronization

/// The folder of the built web client: its files by name, found when it is opened and again after a new build; bodies stay on the disk.
///
/// A name that is asked for is looked up among those found, so that no name leads out of the folder.
final class WebFolder: Sendable {
    private struct Contents {
        var mark: FileMark
        var files: [String: WebFile]
    }

    let path: String
    private let contents: Mutex<Contents>

    /// Nil where the folder holds no built client.
    init?(path: String) {
        guard let mark = FileMark(path: path + "/" + WebFolder.page) else { return nil }
        self.path = path
        contents = Mutex(Contents(mark: mark, files: WebFolder.files(in: path)))
    }

    /// The web client's folder: the operator's, or `web` beside the program, or the machine's; nil where there is none.
    static func find(_ configuration: WebConfiguration) -> WebFolder? {
        guard configuration.isEnabled else { return nil }
        if let folder = configuration.folder { return WebFolder(path: folder) }
        let program = readLink("/proc/self/exe")
        let beside = program?.lastIndex(of: "/").flatMap { slash in program.map { $0[..<slash] + "/web" } }
        for place in [beside.map { String($0) }, "/usr/share/martlet/web"] {
            if let place, let folder = WebFolder(path: place) { return folder }
        }
        return nil
    }

    private static func readLink(_ path: String) -> String? {
        let bytes = [UInt8](unsafeUninitializedCapacity: Int(PATH_MAX)) { buffer, initialized in
            buffer.withMemoryRebound(to: CChar.self) { text in
                if let start = text.baseAddress { initialized = max(0, readlink(path, start, text.count)) }
            }
        }
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }

    /// The file of that name, such as `favicon.svg` or `assets/main-ABC.js`; nil where there is none.
    func file(_ name: String) -> WebFile? {
        contents.withLock { contents in
            refresh(&contents)
            return contents.files[name]
        }
    }

    /// The text of the page, and what tells this version of it from others; nil where it cannot be read.
    func pageText() -> (text: String, entityTag: String)? {
        guard let file = file(WebFolder.page), let plain = file.forms.last, let source = plain.open(), let bytes = try? source.read(0, source.count)
        else { return nil }
        return (String(decoding: bytes, as: UTF8.self), plain.entityTag)
    }

    /// The name of the page.
    static let page = "index.html"

    /// Reads the folder anew where the page has changed, since a build writes the page with the names of the rest.
    private func refresh(_ contents: inout Contents) {
        guard let mark = FileMark(path: path + "/" + WebFolder.page), mark != contents.mark else { return }
        contents = Contents(mark: mark, files: WebFolder.files(in: path))
    }

    private static func files(in path: String) -> [String: WebFile] {
        var files: [String: WebFile] = [:]
        for folder in ["", "assets/"] {
            let names = Set(names(in: path + "/" + folder))
            for name in names where !WebFile.encodings.contains(where: { name.hasSuffix($0.suffix) }) {
                let encodings = WebFile.encodings.filter { names.contains(name + $0.suffix) }
                if let file = WebFile(path: path + "/" + folder + name, name: name, encodings: encodings) { files[folder + name] = file }
            }
        }
        return files
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
}
