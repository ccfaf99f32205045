import RoomGraph
import Testing

@Suite struct Base64Tests {
    @Test(arguments: [("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"), ("foobar", "Zm9vYmFy")])
    func `the specification's examples encode and decode`(text: String, encoded: String) {
        #expect(Base64.encode(Array(text.utf8)) == encoded)
        #expect(Base64.decode(encoded) == Array(text.utf8))
    }

    @Test func `both alphabets are read, each is written`() {
        let bytes: [UInt8] = [0xFB, 0xEF, 0xBE, 0xFF, 0xFF]
        #expect(Base64.encode(bytes) == "++++//8")
        #expect(Base64.encodeURLSafe(bytes) == "----__8")
        #expect(Base64.decode("++++//8") == bytes)
        #expect(Base64.decode("----__8") == bytes)
    }

    @Test(arguments: ["Zg==", "Zm8=", "Zm9v"])
    func `padding is tolerated`(text: String) { #expect(Base64.decode(text) != nil) }

    @Test(arguments: ["Z", "Zm9vY", "Zg=", "Zg===", "Z=g=", "Zm9v=", "Zg==Zg==", "Zm 9", "Zm9é", "Zm9v\n"])
    func `what is not Base64 is refused`(text: String) { #expect(Base64.decode(text) == nil) }

    @Test func `every length survives`() {
        var generator = SeededGenerator(seed: 1)
        for count in 0..<200 {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            #expect(Base64.decode(Base64.encode(bytes)) == bytes)
            #expect(Base64.decode(Base64.encodeURLSafe(bytes)) == bytes)
        }
    }
}
