import Database
import MatrixModel

/// Columns that hold what was parsed before it was stored.
extension Row {
    func user(_ column: Int) throws -> UserID {
        guard let user = UserID(text(column)) else { throw StorageError.corrupt("user ID in column \(column)") }
        return user
    }

    func roomID(_ column: Int) throws -> RoomID {
        guard let room = RoomID(text(column)) else { throw StorageError.corrupt("room ID in column \(column)") }
        return room
    }

    func eventID(_ column: Int) throws -> EventID {
        guard let event = EventID(text(column)) else { throw StorageError.corrupt("event ID in column \(column)") }
        return event
    }

    func alias(_ column: Int) throws -> RoomAlias {
        guard let alias = RoomAlias(text(column)) else { throw StorageError.corrupt("room alias in column \(column)") }
        return alias
    }

    func server(_ column: Int) throws -> ServerName {
        guard let server = ServerName(text(column)) else { throw StorageError.corrupt("server name in column \(column)") }
        return server
    }

    func json(_ column: Int) throws -> JSON {
        do { return try JSON.parse(blob(column)) } catch { throw StorageError.corrupt("JSON in column \(column): \(error)") }
    }
}
