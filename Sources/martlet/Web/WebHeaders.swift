/// The header fields that the web client's files and pages go out with.
struct WebHeaders: Sendable {
    let allowsOtherHomeservers: Bool

    /// Of a file that changes under its name; it is asked for anew each time, which costs a 304 at most.
    func changing(_ contentType: String) -> [(name: String, value: String)] { [("Cache-Control", "no-cache")] + fields(of: contentType) }

    /// Of a file whose name changes with its content.
    func unchanging(_ contentType: String) -> [(name: String, value: String)] {
        [("Cache-Control", "public, max-age=31536000, immutable")] + fields(of: contentType)
    }

    private func fields(of contentType: String) -> [(name: String, value: String)] {
        var fields = [("X-Content-Type-Options", "nosniff"), ("Cross-Origin-Resource-Policy", "same-origin")]
        // Scripts have it as well, because a worker obeys the policy of its own script; pictures, because one can be opened as a page.
        if ["text/html", "text/javascript", "image/svg+xml"].contains(where: { contentType.hasPrefix($0) }) {
            fields.append(("Content-Security-Policy", policy))
            fields.append(("Referrer-Policy", "no-referrer"))
        }
        if contentType.hasPrefix("text/html") {
            fields += [
                ("Permissions-Policy", WebHeaders.permissions), ("Cross-Origin-Opener-Policy", "same-origin"), ("X-Frame-Options", "DENY"),
            ]
        }
        return fields
    }

    private var policy: String {
        let servers = allowsOtherHomeservers ? " https: wss:" : ""
        return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; font-src 'self'; "
            + "connect-src 'self' blob:\(servers); worker-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
            + "frame-ancestors 'none'"
    }

    private static let permissions =
        "microphone=(self), camera=(self), display-capture=(self), "
        + [
            "accelerometer", "browsing-topics", "geolocation", "gyroscope", "hid", "idle-detection", "local-fonts", "magnetometer",
            "midi", "payment", "serial", "usb", "xr-spatial-tracking",
        ].map { $0 + "=()" }.joined(separator: ", ")
}
