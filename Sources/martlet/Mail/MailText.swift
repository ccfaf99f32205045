import ClientServices
import RoomGraph

/// A message as it goes over the wire (RFC 5322, RFC 2045, RFC 2047).
enum MailText {
    /// The whole message with line ends of CR LF. `now` in milliseconds since 1970; `identifier` is unique.
    static func message(_ mail: Mail, from sender: String, now: Int, identifier: String) -> [UInt8] {
        let host = sender.split(separator: "@").last.map(String.init) ?? "localhost"
        var lines = [
            "From: <\(sender)>", "To: <\(mail.recipient)>", "Subject: \(header(mail.subject))", "Date: \(date(now))",
            "Message-ID: <\(identifier)@\(host)>", "MIME-Version: 1.0", "Auto-Submitted: auto-generated",
            "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: base64", "",
        ]
        let body = Array(base64(mail.text.replacing("\n", with: "\r\n")).utf8)
        for start in stride(from: 0, to: body.count, by: 76) {
            lines.append(String(decoding: body[start..<min(start + 76, body.count)], as: UTF8.self))
        }
        return Array((lines.joined(separator: "\r\n") + "\r\n").utf8)
    }

    /// A header's text: as it is where it is plain ASCII, else as encoded words of at most 45 bytes each.
    private static func header(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }) { return text }
        var words: [String] = []
        var part = ""
        for character in text {
            if part.utf8.count + character.utf8.count > 45 {
                words.append(part)
                part = ""
            }
            part.append(character)
        }
        words.append(part)
        return words.map { "=?utf-8?B?\(base64($0))?=" }.joined(separator: "\r\n ")
    }

    /// `Wed, 25 Nov 2026 02:31:54 +0000`.
    static func date(_ milliseconds: Int) -> String {
        let seconds = milliseconds / 1000
        let (days, rest) = seconds.quotientAndRemainder(dividingBy: 86_400)
        let (year, month, day) = Timestamp.date(days)
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        // The epoch began on a Thursday.
        let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let time = [rest / 3600, rest / 60 % 60, rest % 60].map(Timestamp.two).joined(separator: ":")
        return "\(weekdays[days % 7]), \(Timestamp.two(day)) \(months[month - 1]) \(year) \(time) +0000"
    }

    private static func base64(_ text: String) -> String {
        let plain = Base64.encode(Array(text.utf8))
        return plain + String(repeating: "=", count: (4 - plain.utf8.count % 4) % 4)
    }
}
