import Database
import MatrixModel
import Storage
import Testing

struct DeviceStoreTests {
    @Test func `a device that is there keeps its name`() async throws {
        let database = try await database(with: Names.alice)
        let device = try await database.write { transaction in
            let devices = DeviceStore(transaction)
            try devices.ensure("D", of: Names.alice, displayName: "phone", at: 1)
            try devices.ensure("D", of: Names.alice, displayName: "other", at: 2)
            return try devices.device("D", of: Names.alice)
        }
        #expect(device?.displayName == "phone")
        #expect(device?.created == 1)
        #expect(device?.lastSeen == nil)
    }

    @Test func `a device is renamed and seen`() async throws {
        let database = try await database(with: Names.alice)
        let device = try await database.write { transaction in
            let devices = DeviceStore(transaction)
            try devices.ensure("D", of: Names.alice, displayName: nil, at: 1)
            #expect(try devices.rename("D", of: Names.alice, to: "tablet"))
            #expect(try devices.rename("E", of: Names.alice, to: "nothing") == false)
            try devices.touch("D", of: Names.alice, at: 7, address: "192.0.2.1", agent: "client/1")
            return try devices.device("D", of: Names.alice)
        }
        #expect(device?.displayName == "tablet")
        #expect(device?.lastSeen == 7)
        #expect(device?.lastSeenAddress == "192.0.2.1")
        #expect(device?.lastSeenAgent == "client/1")
    }

    @Test func `a deleted device takes its tokens along`() async throws {
        let database = try await database(with: Names.alice, Names.bob)
        try await database.write { transaction in
            let devices = DeviceStore(transaction)
            let tokens = TokenStore(transaction)
            for user in [Names.alice, Names.bob] { try devices.ensure("D", of: user, displayName: nil, at: 1) }
            try tokens.issue(access: [1], refresh: [2], to: Names.alice, device: "D", at: 1)
            try tokens.issue(access: [3], to: Names.bob, device: "D", at: 1)
            #expect(try devices.delete("D", of: Names.alice))
            #expect(try devices.delete("D", of: Names.alice) == false)
            #expect(try tokens.session(access: [1]) == nil)
            #expect(try tokens.exchange(refresh: [2], forAccess: [8], expires: nil, newRefresh: [9], at: 2) == nil)
            #expect(try tokens.session(access: [3])?.user == Names.bob)
        }
    }

    @Test func `all devices but one go`() async throws {
        let database = try await database(with: Names.alice)
        try await database.write { transaction in
            let devices = DeviceStore(transaction)
            for id in ["C", "A", "B"] {
                try devices.ensure(id, of: Names.alice, displayName: nil, at: 1)
                try TokenStore(transaction).issue(access: Array(id.utf8), to: Names.alice, device: id, at: 1)
            }
            try TokenStore(transaction).issue(access: [0], to: Names.alice, device: nil, at: 1)
            #expect(try devices.devices(of: Names.alice).map(\.id) == ["A", "B", "C"])
            #expect(try devices.deleteAll(of: Names.alice, except: "B") == ["A", "C"])
            #expect(try devices.devices(of: Names.alice).map(\.id) == ["B"])
            #expect(try TokenStore(transaction).session(access: Array("B".utf8)) != nil)
            #expect(try TokenStore(transaction).session(access: Array("A".utf8)) == nil)
            #expect(try TokenStore(transaction).session(access: [0]) == nil)
            #expect(try devices.deleteAll(of: Names.alice) == ["B"])
        }
    }
}
