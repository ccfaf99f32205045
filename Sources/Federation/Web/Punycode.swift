/// Labels of host names that have other characters than ASCII (RFC 3492).
enum Punycode {
    private static let base = 36
    private static let firstBias = 72
    private static let firstCharacter = 128

    /// The label without its `xn--`; nil where it would overflow.
    static func encode(_ label: [Unicode.Scalar]) -> String? {
        var output = label.filter(\.isASCII).map { UInt8($0.value) }
        let basic = output.count
        if basic > 0 { output.append(UInt8(ascii: "-")) }
        var (code, delta, bias, handled) = (firstCharacter, 0, firstBias, basic)
        while handled < label.count {
            guard let next = label.map({ Int($0.value) }).filter({ $0 >= code }).min() else { return nil }
            delta += (next - code) * (handled + 1)
            guard delta < Int(UInt32.max) else { return nil }
            code = next
            for scalar in label {
                if scalar.value < code { delta += 1 }
                guard scalar.value == code else { continue }
                append(delta, bias: bias, to: &output)
                bias = adapted(delta, count: handled + 1, isFirst: handled == basic)
                delta = 0
                handled += 1
            }
            delta += 1
            code += 1
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// The label that was encoded so; nil where it is malformed.
    static func decode(_ text: some StringProtocol) -> [Unicode.Scalar]? {
        let bytes = Array(text.utf8)
        let split = bytes.lastIndex(of: UInt8(ascii: "-"))
        var output = bytes[..<(split ?? 0)].map { Unicode.Scalar($0) }
        var rest = bytes[(split.map { $0 + 1 } ?? 0)...]
        var (code, index, bias) = (firstCharacter, 0, firstBias)
        while !rest.isEmpty {
            let start = index
            var (weight, position) = (1, base)
            while true {
                guard let byte = rest.popFirst(), let digit = digit(byte) else { return nil }
                index += digit * weight
                guard index < Int(UInt32.max) else { return nil }
                let threshold = threshold(position, bias)
                if digit < threshold { break }
                weight *= base - threshold
                guard weight < Int(UInt32.max) else { return nil }
                position += base
            }
            bias = adapted(index - start, count: output.count + 1, isFirst: start == 0)
            code += index / (output.count + 1)
            index %= output.count + 1
            guard let scalar = UInt32(exactly: code).flatMap({ Unicode.Scalar($0) }) else { return nil }
            output.insert(scalar, at: index)
            index += 1
        }
        return output
    }

    private static func append(_ delta: Int, bias: Int, to output: inout [UInt8]) {
        var (rest, position) = (delta, base)
        while true {
            let threshold = threshold(position, bias)
            if rest < threshold { break }
            output.append(character(threshold + (rest - threshold) % (base - threshold)))
            rest = (rest - threshold) / (base - threshold)
            position += base
        }
        output.append(character(rest))
    }

    private static func threshold(_ position: Int, _ bias: Int) -> Int { min(max(position - bias, 1), 26) }

    private static func adapted(_ delta: Int, count: Int, isFirst: Bool) -> Int {
        var delta = isFirst ? delta / 700 : delta / 2
        delta += delta / count
        var result = 0
        while delta > (base - 1) * 26 / 2 {
            delta /= base - 1
            result += base
        }
        return result + base * delta / (delta + 38)
    }

    private static func character(_ digit: Int) -> UInt8 {
        digit < 26 ? UInt8(ascii: "a") + UInt8(digit) : UInt8(ascii: "0") + UInt8(digit - 26)
    }

    private static func digit(_ byte: UInt8) -> Int? {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(byte - UInt8(ascii: "a"))
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(byte - UInt8(ascii: "A"))
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte - UInt8(ascii: "0")) + 26
        default: nil
        }
    }
}
