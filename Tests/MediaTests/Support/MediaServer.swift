import Database
import Glibc
import MatrixAPI
import MatrixModel
import RoomGraph
import Storage
import Synchronization

@testable import Federation
@testable import Media

/// A server that has a media repository and nothing else.
final class MediaServer: Sendable {
    struct Answer: Sendable {
        let status: Int
        let contentType: String
        let headers: [(name: String, value: String)]
        let body: [UInt8]

        func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
        var json: JSON? { try? JSON.parse(body) }
        var code: String? { json?["errcode"]?.string }
    }

    let name: ServerName
    let database: Database
    let folder: TemporaryFolder
    let repository: MediaRepository
    let routes: RouteTable
    let foundation: FederationFoundation
    let environment: Environment
    let clock = MediaClock()

    init(
        _ text: String, in world: MediaWorld = MediaWorld(), seed: UInt8 = 1, settings: MediaRepository.Settings = .init(),
        decoder: [String] = MediaServer.decoder
    ) async throws {
        guard let name = ServerName(text) else { preconditionFailure("'\(text)' is no server name") }
        self.name = name
        database = try Database.memory()
        try await Migrator(migrations: Schema.migrations).migrate(database)
        folder = try TemporaryFolder()
        let chance = Mutex(UInt64(seed))
        let clock = self.clock
        environment = Environment(
            nowMilliseconds: { clock.now }, monotonicMilliseconds: { clock.now },
            randomBytes: { count in
                chance.withLock { state in
                    (0..<count).map { _ in
                        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                        return UInt8(truncatingIfNeeded: state >> 33)
                    }
                }
            },
            sleep: { _ in try await Task.sleep(for: .seconds(3_600)) })
        foundation = FederationFoundation(
            own: OwnKeys(serverName: name, signingKey: SigningKey(seed: [UInt8](repeating: seed, count: 32), id: "ed25519:\(seed)")),
            transport: world.transport, notaries: [], database: database, environment: environment)
        repository = MediaRepository(
            serverName: name, database: database, folder: try MediaFolder(path: folder.path, environment: environment),
            client: foundation.client, decoder: decoder, settings: settings, environment: environment)
        var routes = repository.routes
        let own = foundation.own
        routes.on(GetServerKeys.self) { _, _ in JSONResponse(own.document(now: clock.now)) }
        self.routes = routes
        world.serve(name) { [weak self] request in await self?.answer(request) ?? InboundAnswer(status: 503, body: []) }
    }

    func shutDown() async { await repository.shutDown() }

    /// The program that the decoder is part of; it is built beside the tests.
    static let decoder: [String] = {
        let program = CommandLine.arguments.first ?? ""
        let folder = program.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        // Under `swift test` the first argument may be the runner's; the process itself is in the folder of the products.
        for candidate in [folder, MediaServer.productsFolder] where access(candidate + "/martlet", X_OK) == 0 {
            return [candidate + "/martlet", "thumbnail"]
        }
        return ["/nonexistent"]
    }()

    private static let productsFolder: String = {
        var buffer = [CChar](repeating: 0, count: 4_096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        let path = String(decoding: buffer.prefix(max(0, count)).map(UInt8.init(bitPattern:)), as: UTF8.self)
        return path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    }()

    /// Puts a file among the contents that no media has; gives the time of the file system, in milliseconds.
    static func orphan(_ hash: Media.ContentHash, in server: MediaServer) async throws -> Int {
        let folder = try MediaFolder(path: server.folder.path, environment: server.environment)
        let file = try folder.incoming()
        try file.write([1, 2, 3])
        try folder.place(file, as: hash)
        var status = stat()
        guard fstat(file.descriptor, &status) == 0 else { throw FileError("fstat") }
        return status.st_ctim.tv_sec * 1_000
    }

    static func reference(_ mxc: String) throws -> MediaReference {
        let parts = mxc.dropFirst("mxc://".count).split(separator: "/", maxSplits: 1).map(String.init)
        guard parts.count == 2, let server = ServerName(parts[0]), let id = MediaID(text: parts[1]) else {
            throw MatrixError.invalidParam("no reference")
        }
        return MediaReference(server: server, id: id)
    }

    // Requests

    func user(_ localpart: String) -> Identity {
        guard let user = UserID("@\(localpart):\(name)") else { preconditionFailure("'\(localpart)' is no localpart") }
        return .user(UserCaller(user: user, device: "DEVICE", tokenID: 1, address: "127.0.0.1"))
    }

    static let anybody = Identity.anonymous(PublicCaller(address: "127.0.0.1"))

    /// Calls an endpoint; `mxc` gives the path's server and media ID.
    func call<Declaration: Endpoint>(
        _ declaration: Declaration.Type, as identity: Identity? = nil, mxc: String? = nil, fileName: String? = nil,
        query: [(name: String, value: String)] = [], body: [UInt8] = [], contentType: String? = nil
    ) async -> Answer {
        var path: [String: String] = [:]
        if let mxc {
            let parts = mxc.dropFirst("mxc://".count).split(separator: "/", maxSplits: 1)
            path = ["serverName": String(parts[0]), "mediaId": String(parts[1])]
        }
        if let fileName { path["fileName"] = fileName }
        guard let entry = routes.entries.first(where: { $0.name == String(describing: declaration) }) else {
            preconditionFailure("\(declaration) is not bound")
        }
        let input = RequestInput(
            method: declaration.route.method, uri: "", pathParameters: path, queryItems: query, bodyBytes: body, contentType: contentType)
        return await MediaServer.answer { try await entry.respond(input, identity ?? self.user("alice")) }
    }

    private static func answer(_ respond: () async throws -> any EndpointResponse) async -> Answer {
        do {
            let response = try await respond()
            let (bytes, type) = response.payload.encoded()
            return Answer(status: response.status, contentType: type, headers: response.headers, body: bytes)
        } catch let error as MatrixError {
            return Answer(status: error.status, contentType: "application/json", headers: [], body: error.body.bytes())
        } catch {
            return Answer(status: 500, contentType: "text/plain", headers: [], body: Array("\(error)".utf8))
        }
    }

    func upload(_ bytes: [UInt8], type: String? = "image/png", name: String? = nil, as localpart: String = "alice") async throws -> String {
        let answer = await call(
            UploadMedia.self, as: user(localpart), query: name.map { [("filename", $0)] } ?? [], body: bytes, contentType: type)
        guard let uri = answer.json?["content_uri"]?.string else {
            throw MatrixError(answer.status, ErrorCode(rawValue: answer.code ?? "?"), "no upload")
        }
        return uri
    }

    func thumbnail(_ mxc: String, _ width: Int, _ height: Int, _ method: String = "scale", animated: Bool = false) async -> Answer {
        await call(
            GetMediaThumbnail.self, mxc: mxc,
            query: [("width", "\(width)"), ("height", "\(height)"), ("method", method), ("animated", "\(animated)"), ("timeout_ms", "0")])
    }

    /// The answer to another server.
    private func answer(_ request: OutboundRequest) async -> InboundAnswer {
        let parts = request.target.split(separator: "?", maxSplits: 1)
        let segments = parts[0].split(separator: "/")
        for entry in routes.entries where entry.route.method.rawValue == request.method {
            let pattern = entry.route.path.split(separator: "/")
            guard pattern.count == segments.count, zip(pattern, segments).allSatisfy({ $0.hasPrefix("{") || $0 == $1 }) else { continue }
            var path: [String: String] = [:]
            for (part, segment) in zip(pattern, segments) where part.hasPrefix("{") { path[String(part.dropFirst().dropLast())] = String(segment) }
            let query = (parts.count > 1 ? parts[1].split(separator: "&") : []).map { item in
                let pair = item.split(separator: "=", maxSplits: 1)
                return (name: String(pair[0]), value: pair.count > 1 ? String(pair[1]) : "")
            }
            let input = RequestInput(
                method: entry.route.method, uri: request.target, pathParameters: path, queryItems: query, bodyBytes: [], contentType: nil)
            let answer = await MediaServer.answer { try await entry.respond(input, try await identity(of: request, entry)) }
            return InboundAnswer(
                status: answer.status, headers: answer.headers + [(name: "Content-Type", value: answer.contentType)], body: answer.body)
        }
        return InboundAnswer(status: 404, body: MatrixError.unrecognized().body.bytes())
    }

    private func identity(of request: OutboundRequest, _ entry: RouteTable.Entry) async throws -> Identity {
        guard entry.access == .peer else { return MediaServer.anybody }
        let fields = request.headers.filter { $0.name == "Authorization" }.map(\.value)
        return .peer(
            try await foundation.authenticator.authenticate(
                PeerCredentials(method: entry.route.method, uri: request.target, authorization: fields, body: nil, address: "127.0.0.1")))
    }
}
