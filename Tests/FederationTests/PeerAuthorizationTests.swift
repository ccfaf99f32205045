import MatrixModel
import RoomGraph
import Testing

@testable import Federation

@Suite struct PeerAuthorizationTests {
    /// The seed of the specification's signing vectors.
    static let key: SigningKey = {
        let seed = Base64.decode("YJDBA9Xnr2sVqXD9Vj7XVUnmFZcZrlw8Md7kMW+3XA1") ?? []
        return SigningKey(seed: seed, id: "ed25519:1")
    }()

    @Test(arguments: [
        (
            "GET", "/_matrix/federation/v1/version?a=b%2Fc", nil as String?,
            "8NP13l9IbezIY93AbTvMwDuuwM76iMXyHFV5oM47/UGBAe2uLNu2Bk2n6KiBm58jV34rCleODENx7P07LCQkBg"
        ),
        (
            "PUT", "/_matrix/federation/v1/send/1", #"{"pdus": [], "b": "\u00e9", "a": 1}"#,
            "AgMNC67tLGywsmJXsGBxIYlCX7Mc01ih+uRxitrMbv2YXRjfuaHzMm2PQa4S2nKQThuvK6/XY1O034WG24TBBQ"
        ),
    ])
    func `a request is signed as an independent implementation signs it`(method: String, uri: String, body: String?, signature: String) throws {
        let body = try body.map { try JSON.parse($0).canonicalBytes() }
        let authorization = SignedRequest.authorization(
            method: method, uri: uri, origin: server("origin.hs.example.com"), destination: server("destination.hs.example.com"), body: body,
            key: PeerAuthorizationTests.key)
        #expect(authorization.signature == signature)
        #expect(
            authorization.field
                == #"X-Matrix origin="origin.hs.example.com",destination="destination.hs.example.com",key="ed25519:1",sig="\#(signature)""#)
        #expect(PeerAuthorization(field: authorization.field) == authorization)
    }

    @Test(arguments: [
        #"X-Matrix origin="a.test",destination="b.test",key="ed25519:1",sig="AB+/c=""#,
        #"x-matrix   origin=a.test , destination=b.test,\#tkey=ed25519:1,sig="AB+/c=""#,
        #"X-Matrix SIG="AB+/c=",KEY="ed25519:1",Destination="b.test",oRiGiN="a.test",future="x""#,
        #"X-Matrix origin="a\.test",destination="b.tes\t",key="ed25519:1",sig=AB+/c="#,
    ])
    func `fields of every allowed form are read`(field: String) {
        #expect(
            PeerAuthorization(field: field)
                == PeerAuthorization(origin: server("a.test"), destination: "b.test", keyID: "ed25519:1", signature: "AB+/c="))
    }

    @Test(arguments: [
        "", "X-Matrix", "X-Matrix ", "Bearer abc", "X-Matrix origin=a.test", #"X-Matrix origin="a.test,key="x",sig="y""#,
        #"X-Matrix origin="a.test",origin="b.test",key="k",sig="s""#, #"X-Matrix origin="a b",key="k",sig="s""#,
        #"X-Matrix origin="a.test"key="k",sig="s""#, #"X-Matrix ="a.test",key="k",sig="s""#, #"X-Matrix origin="a.test",key="k",sig="s\"#,
        "X-Matrix origin=\"a.test\",key=\"k\",sig=\"" + String(repeating: "s", count: 5_000) + "\"",
    ])
    func `malformed fields are refused`(field: String) {
        #expect(PeerAuthorization(field: field) == nil)
    }
}
