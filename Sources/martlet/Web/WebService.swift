import MatrixAPI
import MatrixModel

/// Hands out the web client.
struct WebService: Sendable {
    /// What the page is given in the place of this, which the build leaves in it.
    private static let mark = "<!--martlet:head-->"

    let folder: WebFolder
    let configuration: WebConfiguration
    let serverName: ServerName
    /// The address of the server as the operator gives it; nil to take the one that the browser used.
    let publicAddress: String?
    /// What an invite link leads to; nil where it lets nobody in.
    let invitation: @Sendable (String) async throws -> GetInvitation.Response?

    private var headers: WebHeaders { WebHeaders(allowsOtherHomeservers: configuration.allowsOtherHomeservers) }

    var routes: RouteTable {
        var table = RouteTable()
        table.on(GetWebPage.self) { _, request in try page(ownHead(request.origin)) }
        table.on(GetInvitePage.self) { _, request in
            guard let invitation = try await invitation(request.code) else { return try page(ownHead(request.origin)) }
            return try page(head(of: invitation, request.origin))
        }
        table.on(GetWebAsset.self) { _, request in try file("assets/" + request.file, isUnchanging: true) }
        table.on(GetWebFile.self) { _, request in try file(request.file, isUnchanging: false) }
        return table
    }

    /// 404 where there is none of that name.
    private func file(_ name: String, isUnchanging: Bool) throws(MatrixError) -> WebResponse {
        // Browsers ask for this name by themselves, and take any picture.
        guard let file = folder.file(name) ?? (name == "favicon.ico" ? folder.file("favicon.svg") : nil) else { throw .unrecognized() }
        let headers = isUnchanging ? headers.unchanging(file.contentType) : headers.changing(file.contentType)
        return WebResponse(payload: file.payload, headers: headers)
    }

    /// The page with lines of its own in its head.
    private func page(_ head: PageHead?) throws(MatrixError) -> WebResponse {
        guard let head else { return try file(WebFolder.page, isUnchanging: false) }
        guard let page = folder.pageText() else { throw .unrecognized() }
        let bytes = Array(page.text.replacing(WebService.mark, with: head.html, maxReplacements: 1).utf8)
        let type = "text/html; charset=utf-8"
        let representations = Representations(bytes: bytes, entityTag: WebService.entityTag(of: bytes))
        return WebResponse(payload: .representations(representations, contentType: type), headers: headers.changing(type))
    }

    /// What the server's own page says about itself; nil where the operator gives no words.
    private func ownHead(_ origin: String?) -> PageHead? {
        guard configuration.title != nil || configuration.description != nil else { return nil }
        let base = base(origin)
        return PageHead(
            title: configuration.title ?? serverName.description, description: configuration.description, address: base.map { $0 + "/" },
            picture: base.map { $0 + "/icon-512.png" }, site: serverName.description)
    }

    /// What the page of an invite link says about what it leads to.
    private func head(of invitation: GetInvitation.Response, _ origin: String?) -> PageHead {
        let base = base(origin)
        let members = invitation.memberCount == 1 ? "1 member" : "\(invitation.memberCount) members"
        let site = configuration.title ?? serverName.description
        return PageHead(
            title: invitation.name ?? "Invitation to \(site)",
            description: [invitation.topic ?? invitation.welcome, members].compactMap { $0 }.joined(separator: " · "),
            address: base.map { "\($0)/invite/\(invitation.code)" }, picture: base.map { $0 + (invitation.avatarPath ?? "/icon-512.png") },
            site: site)
    }

    /// The server's address without a slash at its end.
    private func base(_ origin: String?) -> String? {
        var base = publicAddress ?? origin
        while base?.hasSuffix("/") == true { base?.removeLast() }
        return base
    }

    /// A tag for a page that is made as it is asked for, by the 64-bit FNV-1a hash.
    private static func entityTag(of bytes: [UInt8]) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return "\"page-\(String(hash, radix: 36))\""
    }
}
