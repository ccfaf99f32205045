import Database
import Logging
import MatrixAPI
import MatrixModel
import Storage

/// E-mail addresses of accounts: how they are proven, added and removed (client-server API, "Adding account administrative contact information").
///
/// Telephone numbers are not offered, and identity servers are not used.
struct ContactService: Sendable {
    static let email = "email"
    /// How long a message's link and the proof by it are good, in milliseconds.
    static let validMilliseconds = 24 * 3_600_000

    let accounts: AccountService
    let limiter: RateLimiter
    /// Nil where the operator has set no mail server.
    let mail: MailSender?
    let logger: Logger

    private var database: Database { accounts.database }

    /// Whether an address can be proven here at all.
    var isOffered: Bool { mail != nil && accounts.configuration.publicBaseURL != nil }

    func routes(_ owner: OwnerAuthentication) -> RouteTable {
        var table = RouteTable()
        table.on(RequestRegistrationEmail.self) { _, request in try await begin(.registration, request) }
        table.on(RequestPasswordEmail.self) { _, request in try await begin(.password, request) }
        table.on(RequestContactEmail.self) { _, request in try await begin(.addition, request) }
        table.on(RequestRegistrationPhone.self) { _, _ in throw ContactService.noPhones }
        table.on(RequestPasswordPhone.self) { _, _ in throw ContactService.noPhones }
        table.on(RequestContactPhone.self) { _, _ in throw ContactService.noPhones }
        table.on(ShowContactConfirmation.self) { _, request in try await question(request) }
        table.on(ConfirmContact.self) { _, request in try await confirm(request) }
        table.on(GetThirdPartyIdentifiers.self) { caller, _ in JSONResponse(["threepids": .array(try await contacts(of: caller.user))]) }
        table.on(AddContact.self) { caller, request in
            try await owner.authenticate(caller, request.auth, for: "add contact") {
                guard let proof = request.proof else { throw MatrixError.missingParam("sid") }
                try await add(proof, to: caller.user)
                return EmptyResponse()
            }
        }
        table.on(AddContactOldForm.self) { caller, request in
            try await owner.authenticate(caller, request.auth, for: "add contact") {
                try await add(request.proof, to: caller.user)
                return EmptyResponse()
            }
        }
        table.on(BindContact.self) { _, _ in throw MatrixError(403, .threepidDenied, "This server does not use identity servers.") }
        table.on(UnbindContact.self) { _, _ in ContactService.notBound }
        table.on(DeleteContact.self) { caller, request in
            let address = EmailAddress(request.address)?.text ?? request.address
            let user = caller.user
            _ = try await database.write { try ContactStore($0).remove(medium: request.medium, address: address, of: user) }
            return ContactService.notBound
        }
        return table
    }

    private static let noPhones = MatrixError(403, .threepidDenied, "This server does not take telephone numbers.")
    /// "If the homeserver does not know the original id_server, it MUST return a id_server_unbind_result of no-support."
    private static let notBound = JSONResponse(["id_server_unbind_result": "no-support"])

    // MARK: Proving

    private func begin(_ purpose: ContactPurpose, _ request: ContactTokenRequest) async throws -> JSONResponse {
        guard let mail, let base = accounts.configuration.publicBaseURL else {
            throw MatrixError(403, .threepidDenied, "This server does not send e-mail.")
        }
        guard let address = EmailAddress(request.address) else { throw MatrixError.invalidParam("'email' is not an e-mail address.") }
        if let next = request.nextLink {
            guard next.hasPrefix("https://") || next.hasPrefix("http://"), next.utf8.count <= 2_000, next.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f })
            else {
                throw MatrixError.invalidParam("'next_link' is not a web address.")
            }
        }
        // Counted by address besides by caller, so that nobody's mailbox is flooded from many places.
        try limiter.admit(.login, key: "mail \(address.text)")
        let token = accounts.environment.randomToken(bytes: 24)
        let session = accounts.environment.randomToken(bytes: 18)
        let now = accounts.environment.nowMilliseconds()
        let (validation, isNews) = try await database.write { transaction in
            try check(address, for: purpose, transaction)
            let store = ContactValidationStore(transaction)
            let known = try store.find(
                purpose: purpose.rawValue, medium: ContactService.email, address: address.text, clientSecret: request.clientSecret, at: now)
            // "The server will only send an email if the send_attempt is a number greater than the most recent one which it has seen".
            if let known, known.attempt >= request.attempt { return (known, false) }
            let validation = ContactValidation(
                session: known?.session ?? session, purpose: purpose.rawValue, medium: ContactService.email, address: address.text,
                clientSecret: request.clientSecret, attempt: request.attempt, nextLink: request.nextLink,
                expires: now + ContactService.validMilliseconds, validated: known?.validated)
            try store.removeExpired(at: now)
            try store.set(validation, token: TokenDigest(token).bytes)
            return (validation, true)
        }
        if isNews {
            let link = "\(base.hasSuffix("/") ? String(base.dropLast()) : base)\(ConfirmContact.route.path)?sid=\(validation.session)&token=\(token)"
            do {
                try await mail.send(ContactMessages.mail(purpose, to: address, server: accounts.serverName, link: link))
            } catch {
                logger.warning("An e-mail could not be sent", metadata: ["reason": "\(error)"])
                // So that the same attempt can be made again.
                try await database.write { try ContactValidationStore($0).remove(session: validation.session) }
                throw MatrixError(500, .unknown, "The e-mail could not be sent.")
            }
        }
        return JSONResponse(["sid": .string(validation.session)])
    }

    private func check(_ address: EmailAddress, for purpose: ContactPurpose, _ transaction: Transaction) throws {
        let owner = try ContactStore(transaction).owner(medium: ContactService.email, address: address.text)
        switch purpose {
        case .registration, .addition:
            guard owner == nil else { throw MatrixError(400, .threepidInUse, "This address belongs to an account already.") }
        case .password:
            guard owner != nil else { throw MatrixError(400, .threepidNotFound, "No account has this address.") }
        }
    }

    private func question(_ request: ContactConfirmation) async throws -> ContactPage {
        let nonce = accounts.environment.randomToken(bytes: 16)
        let now = accounts.environment.nowMilliseconds()
        let found = try await database.read { try ContactValidationStore($0).find(session: request.session, at: now) }
        guard let found, let purpose = ContactPurpose(rawValue: found.purpose) else { return failed(nonce) }
        let action = "\(ConfirmContact.route.path)?sid=\(request.session)&token=\(request.token)"
        return ContactPage(
            html: ContactMessages.question((purpose, found.address), server: accounts.serverName, action: action, nonce: nonce), nonce: nonce)
    }

    private func confirm(_ request: ContactConfirmation) async throws -> ContactPage {
        let nonce = accounts.environment.randomToken(bytes: 16)
        let now = accounts.environment.nowMilliseconds()
        let digest = TokenDigest(request.token)
        let found = try await database.write { transaction -> ContactValidation? in
            let store = ContactValidationStore(transaction)
            guard try store.confirm(session: request.session, token: digest.bytes, at: now) else { return nil }
            return try store.find(session: request.session, at: now)
        }
        guard let found else { return failed(nonce) }
        let html = ContactMessages.done(server: accounts.serverName, nonce: nonce)
        return ContactPage(status: found.nextLink == nil ? 200 : 303, html: html, nonce: nonce, location: found.nextLink)
    }

    private func failed(_ nonce: String) -> ContactPage {
        ContactPage(status: 400, html: ContactMessages.failed(server: accounts.serverName, nonce: nonce), nonce: nonce)
    }

    // MARK: Proofs

    /// The address that a proof proves; throws 401 `M_THREEPID_AUTH_FAILED` where it proves nothing, or not for that purpose.
    func proven(by proof: ContactProof?, for purpose: ContactPurpose) async throws -> ContactValidation {
        let now = accounts.environment.nowMilliseconds()
        if let proof, let found = try await database.read({ try ContactValidationStore($0).find(session: proof.session, at: now) }),
            found.purpose == purpose.rawValue, found.clientSecret == proof.clientSecret, found.validated != nil
        {
            return found
        }
        throw MatrixError(401, .threepidAuthFailed, "The address is not confirmed yet.")
    }

    private func add(_ proof: ContactProof, to user: UserID) async throws {
        let validation: ContactValidation
        do { validation = try await proven(by: proof, for: .addition) } catch let error as MatrixError {
            throw MatrixError(400, error.code, error.message)
        }
        let now = accounts.environment.nowMilliseconds()
        try await database.write { transaction in
            let contact = Contact(
                medium: validation.medium, address: validation.address, user: user, validated: validation.validated ?? now, added: now)
            guard try ContactStore(transaction).add(contact) else {
                throw MatrixError(400, .threepidInUse, "This address belongs to another account.")
            }
            try ContactValidationStore(transaction).remove(session: validation.session)
        }
    }

    private func contacts(of user: UserID) async throws -> [JSONValue] {
        try await database.read { try ContactStore($0).contacts(of: user) }.map { contact in
            [
                "medium": .string(contact.medium), "address": .string(contact.address), "validated_at": .integer(contact.validated),
                "added_at": .integer(contact.added),
            ]
        }
    }

    /// The person whose address it is; nil where nobody has it.
    func owner(medium: String, address: String) async throws -> UserID? {
        let address = medium == ContactService.email ? EmailAddress(address)?.text : address
        guard let address else { return nil }
        return try await database.read { try ContactStore($0).owner(medium: medium, address: address) }
    }
}

extension ErrorCode {
    static let threepidAuthFailed = ErrorCode(rawValue: "M_THREEPID_AUTH_FAILED")
    static let threepidDenied = ErrorCode(rawValue: "M_THREEPID_DENIED")
    static let threepidInUse = ErrorCode(rawValue: "M_THREEPID_IN_USE")
    static let threepidNotFound = ErrorCode(rawValue: "M_THREEPID_NOT_FOUND")
}
