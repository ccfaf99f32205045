import MatrixModel

/// What people are written about their addresses.
enum ContactMessages {
    static func mail(_ purpose: ContactPurpose, to address: EmailAddress, server: ServerName, link: String) -> Mail {
        let (subject, reason) =
            switch purpose {
            case .registration:
                ("Confirm your address for \(server)", "Somebody, hopefully you, is making an account on \(server) with this address.")
            case .password:
                ("Set a new password on \(server)", "Somebody, hopefully you, has asked to set a new password for your account on \(server).")
            case .addition: ("Confirm your address for \(server)", "Somebody, hopefully you, is adding this address to an account on \(server).")
            }
        let text = """
            \(reason)

            To go on, open this page and confirm:

            \(link)

            The link is good for \(ContactService.validMilliseconds / 3_600_000) hours. If it was not you, do nothing: nothing changes.

            """
        return Mail(recipient: address.text, subject: subject, text: text)
    }

    /// The page that asks; `action` is where its form goes.
    static func question(_ validation: (purpose: ContactPurpose, address: String), server: ServerName, action: String, nonce: String) -> String {
        let what =
            switch validation.purpose {
            case .registration: "for your new account"
            case .password: "and allow a new password for your account"
            case .addition: "for your account"
            }
        return page(
            server, nonce,
            """
            <h1>Confirm your address</h1>
            <p>Confirm that <strong>\(escaped(validation.address))</strong> is yours, \(what) on \(escaped(server.description))?</p>
            <form method="post" action="\(escaped(action))"><button>Confirm</button></form>
            <p class="soft">If you did not ask for this, close this page.</p>
            """)
    }

    static func done(server: ServerName, nonce: String) -> String {
        page(server, nonce, "<h1>Confirmed</h1><p>The address is confirmed. Go back to your app to continue.</p>")
    }

    static func failed(server: ServerName, nonce: String) -> String {
        page(
            server, nonce,
            "<h1>This link is no longer good</h1><p>It was used up, has expired, or a newer message was sent. Ask for a new one in your app.</p>")
    }

    private static func page(_ server: ServerName, _ nonce: String, _ body: String) -> String {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(escaped(server.description))</title>
        <style nonce="\(nonce)">
        :root { color-scheme: light dark; }
        body { font: 1.05rem/1.6 system-ui, sans-serif; max-width: 32rem; margin: 4rem auto; padding: 0 1.5rem; overflow-wrap: anywhere; }
        button { font: inherit; padding: .6rem 1.6rem; border-radius: .6rem; border: 0; background: #24567a; color: #fff; cursor: pointer; }
        .soft { opacity: .75; }
        </style>
        </head>
        <body>
        <main>
        \(body)
        </main>
        </body>
        </html>

        """
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;").replacing("\"", with: "&quot;")
    }
}
