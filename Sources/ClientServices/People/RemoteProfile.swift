public import Federation
public import MatrixModel

/// Asks a user's server for their profile, or for one field of it; gives an object, throws the server's error or 404.
public struct RemoteProfile: Sendable {
    let look: @Sendable (_ user: UserID, _ field: String?) async throws -> JSONValue

    /// Asks by whatever `look` does.
    public init(_ look: @escaping @Sendable (_ user: UserID, _ field: String?) async throws -> JSONValue) {
        self.look = look
    }

    /// Asks over federation.
    public init(_ queries: RemoteQueries) {
        look = { user, field in
            do {
                guard let profile = try await queries.profile(of: user, field: field) else { throw RemoteProfile.nothing }
                return profile.value
            } catch let error as FederationError {
                throw error.matrixError
            }
        }
    }

    /// No other server can be reached.
    public static let unreachable = RemoteProfile { _, _ in throw RemoteProfile.nothing }

    private static let nothing = MatrixError.notFound("There is no profile of this user.")
}
