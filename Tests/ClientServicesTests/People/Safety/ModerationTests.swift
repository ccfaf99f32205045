import Logging
import MatrixAPI
import MatrixModel
import Storage
import Testing

@testable import ClientServices

struct ModerationTests {
    private func server() async throws -> (server: AccountTestServer, admin: String, bob: String) {
        let server = try await AccountTestServer()
        _ = try await server.accounts.add(username: "root", password: "correct horse", isAdmin: true)
        let login = try await server.ok(
            .post, "/_matrix/client/v3/login",
            [
                "type": "m.login.password", "identifier": ["type": "m.id.user", "user": "root"], "password": "correct horse",
            ])
        return (server, try #require(login["access_token"]?.string), try await server.register("bob"))
    }

    @Test func `a suspended person may read and leave but not speak`() async throws {
        let (server, admin, bob) = try await server()
        let path = "/_matrix/client/v1/admin/suspend/@bob:test"
        let before = try await server.ok(.get, path, as: admin)
        #expect(before["suspended"]?.bool == false)
        let answer = try await server.ok(.put, path, ["suspended": true], as: admin)
        #expect(answer["suspended"]?.bool == true)
        let after = try await server.ok(.get, "/_matrix/client/unstable/uk.timedout.msc4323/admin/suspend/@bob:test", as: admin)
        #expect(after["suspended"]?.bool == true)

        let name = try await server.failure(
            .put, "/_matrix/client/v3/profile/@bob:test/displayname", ["displayname": "Bob"], as: bob)
        #expect(name.status == 403)
        #expect(name.code == .userSuspended)
        _ = try await server.ok(.get, "/_matrix/client/v3/devices", as: bob)
        _ = try await server.ok(.put, "/_matrix/client/v3/user/@bob:test/account_data/a.b", ["c": 1], as: bob)
        let again = try await server.ok(
            .post, "/_matrix/client/v3/login",
            [
                "type": "m.login.password", "identifier": ["type": "m.id.user", "user": "bob"], "password": "correct horse",
            ])
        let second = try #require(again["access_token"]?.string)
        let elsewhere = try await server.failure(
            .put, "/_matrix/client/v3/profile/@bob:test/displayname", ["displayname": "Bob"], as: second)
        #expect(elsewhere.code == .userSuspended)

        _ = try await server.ok(.put, path, ["suspended": false], as: admin)
        _ = try await server.ok(.put, "/_matrix/client/v3/profile/@bob:test/displayname", ["displayname": "Bob"], as: bob)
        _ = try await server.ok(.post, "/_matrix/client/v3/logout", [:], as: bob)
    }

    @Test func `a locked person may only log out`() async throws {
        let (server, admin, bob) = try await server()
        _ = try await server.ok(.put, "/_matrix/client/v1/admin/lock/@bob:test", ["locked": true], as: admin)
        let state = try await server.ok(.get, "/_matrix/client/v1/admin/lock/@bob:test", as: admin)
        #expect(state["locked"]?.bool == true)
        let refusal = try await server.failure(.get, "/_matrix/client/v3/account/whoami", as: bob)
        #expect(refusal.status == 401)
        #expect(refusal.code == .userLocked)
        #expect(refusal.extra["soft_logout"] == true)
        _ = try await server.ok(.put, "/_matrix/client/v1/admin/lock/@bob:test", ["locked": false], as: admin)
        _ = try await server.ok(.get, "/_matrix/client/v3/account/whoami", as: bob)
        _ = try await server.ok(.put, "/_matrix/client/v1/admin/lock/@bob:test", ["locked": true], as: admin)
        _ = try await server.ok(.post, "/_matrix/client/v3/logout", [:], as: bob)
    }

    @Test(arguments: ["suspend", "lock"]) func `moderation has its limits`(action: String) async throws {
        let (server, admin, bob) = try await server()
        let body: JSONValue = ["suspended": true, "locked": true]
        let path = "/_matrix/client/v1/admin/\(action)/"
        let own = try await server.failure(.put, path + "@root:test", body, as: admin)
        #expect(own.status == 403)
        let foreign = try await server.failure(.put, path + "@bob:elsewhere", body, as: admin)
        #expect(foreign.status == 400)
        #expect(foreign.code == .invalidParam)
        let nobody = try await server.failure(.get, path + "@nobody:test", as: admin)
        #expect(nobody.status == 404)
        // Who may not do this learns nothing about accounts.
        let ordinary = try await server.failure(.put, path + "@nobody:test", body, as: bob)
        #expect(ordinary.status == 403)
        #expect(ordinary.code == .forbidden)
        let empty = try await server.failure(.put, path + "@bob:test", [:], as: admin)
        #expect(empty.code == .missingParam)
        try await server.accounts.setAdmin(true, of: try #require(UserID("@bob:test")))
        let peer = try await server.failure(.put, path + "@bob:test", body, as: admin)
        #expect(peer.status == 403)
        let peerRead = try await server.failure(.get, path + "@bob:test", as: admin)
        #expect(peerRead.status == 403)
    }

    @Test func `whois is for oneself and administrators`() async throws {
        let (server, admin, bob) = try await server()
        let path = "/_matrix/client/v3/admin/whois/@bob:test"
        for token in [admin, bob] {
            let answer = try await server.ok(.get, path, as: token)
            #expect(answer["user_id"]?.string == "@bob:test")
            #expect(answer["devices"]?.members.map(\.key).count == 1)
        }
        let other = try await server.failure(.get, "/_matrix/client/v3/admin/whois/@root:test", as: bob)
        #expect(other.status == 403)
    }

    @Test func `administrators are told that they may moderate`() async throws {
        let (server, admin, bob) = try await server()
        let own = try await server.ok(.get, "/_matrix/client/v3/capabilities", as: admin)
        #expect(own["capabilities"]?["m.account_moderation"]?["suspend"]?.bool == true)
        #expect(own["capabilities"]?["m.account_moderation"]?["lock"]?.bool == true)
        let others = try await server.ok(.get, "/_matrix/client/v3/capabilities", as: bob)
        #expect(others["capabilities"]?["m.account_moderation"] == nil)
    }

    @Test func `every write that is open to suspended people exists`() async throws {
        let server = try await AccountTestServer()
        let world = try await RoomWorld()
        let keys = KeyServices(
            rooms: server.rooms, accounts: server.services, remote: .unreachable, logger: .init(label: "test"))
        let entries = server.services.routes.entries + world.services.routes.entries + keys.routes.entries
        let writes = entries.filter { $0.route.method != .get && $0.access == .user }
        #expect(writes.contains { $0.route.allowsSuspendedUsers })
        // What speaks, joins, invites or shows oneself is refused.
        let refused = [
            "SendMessageEvent", "PutStateEvent", "JoinRoom", "JoinRoomByIDOrAlias", "KnockRoom", "InviteUser", "CreateRoom", "SetProfileField",
            "DeleteProfileField", "KickUser", "BanUser", "SetTyping", "SetPresence",
        ]
        for name in refused {
            let entry = try #require(writes.first { $0.name == name }, "\(name)")
            #expect(!entry.route.allowsSuspendedUsers, "\(name)")
        }
        let admitted = [
            "LeaveRoom", "ForgetRoom", "RedactEvent", "UploadKeys", "SetAccountData", "SendReceipt", "ReportEvent", "Logout", "SendToDevice",
        ]
        for name in admitted {
            let entry = try #require(writes.first { $0.name == name }, "\(name)")
            #expect(entry.route.allowsSuspendedUsers, "\(name)")
        }
    }
}
