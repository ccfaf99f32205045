import RoomGraph

/// Pictures made by hand, honest and hostile.
enum Pictures {
    /// A JPEG of 64 by 32, left half red, right half blue, that its EXIF orientation (6) turns upright to 32 by 64.
    static let turned =
        Base64.decode(
            "/9j/4AAQSkZJRgABAQAAAQABAAD/4QAiRXhpZgAATU0AKgAAAAgAAQESAAMAAAABAAYAAAAAAAD/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+"
                + "MzZGNywtQFdBRkxOUlNSMj5aYVpQYEpRUk//2wBDAQ4ODhMREyYVFSZPNS01T09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT0//wAAR"
                + "CAAgAEADASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAX/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/8QAFwEBAQEBAAAAAAAAAAAAAAAAAAYHBf/EABQRAQAAAAAAAAAA"
                + "AAAAAAAAAAD/2gAMAwEAAhEDEQA/AIQDnLEABLAaEhgAFQBnq5AASwGhIYAB/9k=") ?? []

    /// A grey PNG whose header says that size, with data for as many black rows as are asked for.
    static func png(width: UInt32, height: UInt32, rows: Int? = nil) -> [UInt8] {
        var bytes: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
        bytes += chunk("IHDR", big(width) + big(height) + [8, 0, 0, 0, 0])
        bytes += chunk("IDAT", deflatedZeros((Int(width) + 1) * (rows ?? Int(height))))
        return bytes + chunk("IEND", [])
    }

    /// A GIF of frames in changing colours.
    static func gif(width: UInt16, height: UInt16, frames: Int, screen: (UInt16, UInt16)? = nil) -> [UInt8] {
        var bytes = Array("GIF89a".utf8) + little(screen?.0 ?? width) + little(screen?.1 ?? height) + [0xf6, 0, 0]
        for colour in 0..<128 { bytes += [UInt8(colour * 2), UInt8(255 - colour), UInt8(colour)] }
        for frame in 0..<frames {
            bytes += [0x21, 0xf9, 4, 0, 10, 0, 0, 0, 0x2c, 0, 0, 0, 0] + little(width) + little(height) + [0, 7]
            // Codes of eight bits: one a pixel, and a clear (128) before the table would grow beyond them.
            var codes: [UInt8] = []
            for pixel in 0..<Int(width) * Int(height) {
                if pixel % 100 == 0 { codes.append(128) }
                codes.append(UInt8(frame * 20 % 128))
            }
            codes.append(129)
            for start in stride(from: 0, to: codes.count, by: 255) {
                let block = codes[start..<min(start + 255, codes.count)]
                bytes.append(UInt8(block.count))
                bytes += block
            }
            bytes.append(0)
        }
        return bytes + [0x3b]
    }

    /// Width and height of a JPEG, PNG or WebP with extended header; nil for anything else.
    static func size(_ bytes: [UInt8]) -> (Int, Int)? {
        func number(_ at: Int, _ count: Int) -> Int { bytes[at..<at + count].reduce(0) { $0 << 8 | Int($1) } }
        if bytes.starts(with: [0x89, 0x50]), bytes.count > 24 { return (number(16, 4), number(20, 4)) }
        if bytes.starts(with: Array("RIFF".utf8)), bytes.count > 30, Array(bytes[12..<16]) == Array("VP8X".utf8) {
            return (
                1 + (Int(bytes[24]) | Int(bytes[25]) << 8 | Int(bytes[26]) << 16), 1 + (Int(bytes[27]) | Int(bytes[28]) << 8 | Int(bytes[29]) << 16)
            )
        }
        guard bytes.starts(with: [0xff, 0xd8]) else { return nil }
        var at = 2
        while at + 9 < bytes.count, bytes[at] == 0xff {
            if (0xc0...0xc2).contains(bytes[at + 1]) { return (number(at + 7, 2), number(at + 5, 2)) }
            at += 2 + number(at + 2, 2)
        }
        return nil
    }

    /// A zlib stream of zeros: a literal, then repetitions of it, 258 at a time, eight of which fill thirteen bytes exactly.
    private static func deflatedZeros(_ count: Int) -> [UInt8] {
        guard count > 0 else { return [0x78, 0x9c, 3, 0, 0, 0, 0, 1] }
        var bits = Bits()
        // One block, the last, with fixed codes.
        bits.write([1, 1, 0])
        bits.write(literalZero)
        var left = count - 1
        while bits.partial != 0, left >= 258 {
            bits.write(repetition)
            left -= 258
        }
        if bits.partial == 0, left >= 8 * 258 {
            var block = Bits()
            for _ in 0..<8 { block.write(repetition) }
            let times = left / (8 * 258)
            for _ in 0..<times { bits.bytes += block.bytes }
            left -= times * 8 * 258
        }
        while left >= 258 {
            bits.write(repetition)
            left -= 258
        }
        for _ in 0..<left { bits.write(literalZero) }
        bits.write([0, 0, 0, 0, 0, 0, 0])
        return [0x78, 0x9c] + bits.bytes + big(UInt32(count % 65_521) << 16 | 1)
    }

    private static let literalZero: [UInt8] = [0, 0, 1, 1, 0, 0, 0, 0]
    private static let repetition: [UInt8] = [1, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0]

    private struct Bits {
        var bytes: [UInt8] = []
        var partial = 0
        mutating func write(_ bits: [UInt8]) {
            for bit in bits {
                if partial == 0 { bytes.append(0) }
                bytes[bytes.count - 1] |= bit << UInt8(partial)
                partial = (partial + 1) % 8
            }
        }
    }

    private static func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
        let body = Array(type.utf8) + data
        return big(UInt32(data.count)) + body + big(checksum(body))
    }

    private static let checksums: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { value, _ in value & 1 == 1 ? 0xedb8_8320 ^ value >> 1 : value >> 1 }
    }

    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(0xffff_ffff as UInt32) { checksums[Int(($0 ^ UInt32($1)) & 0xff)] ^ $0 >> 8 }
    }

    private static func big(_ number: UInt32) -> [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) } }
    private static func little(_ number: UInt16) -> [UInt8] { [UInt8(number & 0xff), UInt8(number >> 8)] }
}
