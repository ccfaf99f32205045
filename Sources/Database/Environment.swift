/// Time and chance, as the rest of the program sees them; the executable makes the real one, tests and the simulation make seeded ones.
public struct Environment: Sendable {
    /// Milliseconds since 1970-01-01T00:00:00Z; may step backwards.
    public let nowMilliseconds: @Sendable () -> Int
    /// Milliseconds since an arbitrary moment; never steps backwards.
    public let monotonicMilliseconds: @Sendable () -> Int
    /// That many unpredictable bytes.
    public let randomBytes: @Sendable (Int) -> [UInt8]
    /// Suspends for that many milliseconds; throws `CancellationError` where the task is cancelled.
    public let sleep: @Sendable (_ milliseconds: Int) async throws -> Void

    /// An environment of those four sources.
    public init(
        nowMilliseconds: @escaping @Sendable () -> Int, monotonicMilliseconds: @escaping @Sendable () -> Int,
        randomBytes: @escaping @Sendable (Int) -> [UInt8], sleep: @escaping @Sendable (_ milliseconds: Int) async throws -> Void
    ) {
        self.nowMilliseconds = nowMilliseconds
        self.monotonicMilliseconds = monotonicMilliseconds
        self.randomBytes = randomBytes
        self.sleep = sleep
    }

    /// A token of `bytes` unpredictable bytes as unpadded URL-safe base64: `A-Z`, `a-z`, `0-9`, `-` and `_`.
    public func randomToken(bytes count: Int = 24) -> String {
        let bytes = randomBytes(count)
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count * 4 + 2) / 3)
        var pending: UInt32 = 0
        var pendingBits = 0
        for byte in bytes {
            pending = pending << 8 | UInt32(byte)
            pendingBits += 8
            while pendingBits >= 6 {
                pendingBits -= 6
                text.append(Environment.tokenAlphabet[Int(pending >> UInt32(pendingBits) & 63)])
            }
            pending &= 63
        }
        if pendingBits > 0 { text.append(Environment.tokenAlphabet[Int(pending << UInt32(6 - pendingBits) & 63)]) }
        return String(decoding: text, as: UTF8.self)
    }

    /// `count` unpredictable letters of `a-z`, each as likely as the others.
    public func randomLetters(_ count: Int) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(count)
        while text.count < count {
            // 234 is the largest multiple of 26 in a byte: larger bytes are dropped, or the first letters would come more often.
            for byte in randomBytes(count) where byte < 234 && text.count < count {
                text.append(UInt8(ascii: "a") + byte % 26)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static let tokenAlphabet = [UInt8]("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
}
