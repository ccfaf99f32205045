import Database
import MatrixAPI
import MatrixModel
import Synchronization

/// A stage of user-interactive authentication (client-server API, "Authentication types").
enum AuthenticationStage: String, Sendable {
    case dummy = "m.login.dummy"
    case password = "m.login.password"
    case registrationToken = "m.login.registration_token"
    case email = "m.login.email.identity"
}

extension AuthenticationStage {
    /// What an e-mail stage shows (client-server API, "Email-based (identity / homeserver)").
    static func emailProof(_ auth: JSON) -> ContactProof? {
        // Early clients wrote the second name.
        (auth["threepid_creds"] ?? auth["threepidCreds"]).flatMap { ContactProof(field: $0) }
    }
}

/// What is being authenticated: a session of one operation is worth nothing for another.
struct AuthenticatedOperation: Hashable, Sendable {
    let name: String
    /// Whose account it is about; nil for registration.
    let user: UserID?
    /// What else identifies it, such as a device.
    var target = ""
}

/// User-interactive authentication: its sessions, and the conversation of one request.
final class InteractiveAuthentication: Sendable {
    /// What a session has reached.
    struct Session: Sendable {
        let id: String
        let operation: AuthenticatedOperation
        let expiresAt: Int
        var completed: [AuthenticationStage] = []
        /// The registration token shown, once that stage is complete.
        var registrationToken: String?
        /// Whose account it turned out to be, where nobody was logged in.
        var provenUser: UserID?
        /// The proof of an e-mail address, once that stage is complete.
        var emailProof: ContactProof?
    }

    private let environment: Environment
    private let sessions: Mutex<TwoGenerations<String, Session>>

    init(environment: Environment) {
        self.environment = environment
        sessions = Mutex(TwoGenerations(limit: AccountLimits.authenticationSessions))
    }

    /// Takes the request's `auth` one step further and gives the session once a flow is complete; until then throws the 401 that asks for more.
    ///
    /// `attempt` checks one stage's data, throws a `MatrixError` where it does not hold, and may tell whose account it shows. `finish` ends the session after the operation.
    func authenticate(
        _ auth: JSON?, for operation: AuthenticatedOperation, flows: [[AuthenticationStage]],
        attempt: (AuthenticationStage, JSON) async throws -> UserID?
    ) async throws -> Session {
        guard let auth else { throw challenge(start(operation), flows) }
        guard auth.isObject else { throw MatrixError.badJSON("'auth' must be an object.") }
        let session: Session
        if let id: String = try auth.optional("session") {
            guard let known = find(id), known.operation == operation else {
                throw challenge(start(operation), flows, because: .forbidden("Unknown or expired session."))
            }
            session = known
        } else {
            // Some clients know what is asked for and send the first stage at once.
            session = start(operation)
        }
        guard let type: String = try auth.optional("type") else { return try complete(session, flows) }
        guard let stage = AuthenticationStage(rawValue: type), flows.contains(where: { $0.contains(stage) }) else {
            throw challenge(session, flows, because: MatrixError(401, .unrecognized, "'\(type)' is not a stage of any flow."))
        }
        // "Completed stages cannot be retried by clients."
        if session.completed.contains(stage) { return try complete(session, flows) }
        // "the flow's stages must be completed in order"
        guard flows.contains(where: { $0.starts(with: session.completed + [stage]) }) else {
            throw challenge(session, flows, because: .forbidden("This stage is not the next one."))
        }
        let user: UserID?
        do {
            user = try await attempt(stage, auth)
        } catch let error as MatrixError where error.status < 429 {
            throw challenge(session, flows, because: error)
        }
        return try complete(advance(session, past: stage, auth: auth, user: user), flows)
    }

    /// Ends a session whose operation is done.
    func finish(_ session: Session) {
        sessions.withLock { _ = $0.remove(session.id) }
    }

    private func start(_ operation: AuthenticatedOperation) -> Session {
        let session = Session(
            id: environment.randomToken(bytes: 18), operation: operation,
            expiresAt: environment.monotonicMilliseconds() + AccountLimits.authenticationSessionMilliseconds)
        sessions.withLock { $0.insert(session, for: session.id) }
        return session
    }

    private func find(_ id: String) -> Session? {
        let now = environment.monotonicMilliseconds()
        return sessions.withLock { sessions in
            guard let session = sessions.value(for: id) else { return nil }
            if session.expiresAt > now { return session }
            sessions.remove(id)
            return nil
        }
    }

    /// Notes a completed stage; the session may have gone on meanwhile in another request.
    private func advance(_ session: Session, past stage: AuthenticationStage, auth: JSON, user: UserID?) -> Session {
        sessions.withLock { sessions in
            var current = sessions.value(for: session.id) ?? session
            if !current.completed.contains(stage) { current.completed.append(stage) }
            if let user { current.provenUser = user }
            switch stage {
            case .registrationToken: current.registrationToken = auth["token"]?.string
            case .email: current.emailProof = AuthenticationStage.emailProof(auth)
            case .dummy, .password: break
            }
            sessions.insert(current, for: current.id)
            return current
        }
    }

    private func complete(_ session: Session, _ flows: [[AuthenticationStage]]) throws(MatrixError) -> Session {
        guard flows.contains(session.completed) else { throw challenge(session, flows) }
        return session
    }

    private func challenge(_ session: Session, _ flows: [[AuthenticationStage]], because error: MatrixError? = nil) -> MatrixError {
        var extra = error?.extra ?? [:]
        extra["session"] = .string(session.id)
        extra["params"] = .object([:])
        extra["flows"] = .array(flows.map { stages in ["stages": .array(stages.map { .string($0.rawValue) })] })
        if !session.completed.isEmpty { extra["completed"] = .array(session.completed.map { .string($0.rawValue) }) }
        return MatrixError(
            401, error?.code ?? .unauthorized, error?.message ?? "Authentication is needed.", extra: extra, omitsCode: error == nil)
    }
}
