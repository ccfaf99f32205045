import MatrixModel

/// The page at the server's address: what this is, and how to connect.
enum WelcomePage {
    static func html(serverName: ServerName, nonce: String) -> String {
        let name = escaped(serverName.description)
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(name): a Matrix homeserver</title>
            <style nonce="\(nonce)">
            :root { color-scheme: light dark; --ink: #1d2730; --soft: #55636f; --ground: #f5f3ee; --card: #fffdf8; --edge: #dcd6c8; --mark: #24567a; }
            @media (prefers-color-scheme: dark) {
              :root { --ink: #e8e6df; --soft: #a3adb5; --ground: #14191d; --card: #1c2328; --edge: #323b42; --mark: #8fc3e8; }
            }
            * { box-sizing: border-box; }
            body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem; background: var(--ground); color: var(--ink);
              font: 1.05rem/1.6 ui-serif, Georgia, serif; }
            main { max-width: 34rem; background: var(--card); border: 1px solid var(--edge); border-radius: 1rem; padding: 2.5rem; }
            svg { width: 4.5rem; color: var(--mark); display: block; }
            h1 { font-size: 1.7rem; line-height: 1.25; margin: 1rem 0 .5rem; overflow-wrap: anywhere; }
            p { margin: .75rem 0; }
            ol { padding-left: 1.3rem; }
            li { margin: .35rem 0; }
            code { font: .92em ui-monospace, monospace; background: var(--ground); border: 1px solid var(--edge); border-radius: .35rem;
              padding: .1em .4em; overflow-wrap: anywhere; }
            footer { margin-top: 1.75rem; padding-top: 1rem; border-top: 1px solid var(--edge); color: var(--soft); font-size: .9rem; }
            </style>
            </head>
            <body>
            <main>
            <svg viewBox="0 0 64 40" aria-hidden="true"><path fill="currentColor" d="M1 9c13 1 21 5 27 12C34 12 47 5 63 3 51 9 43 17 38 26c3 3 6 7 8 12-5-4-9-6-13-7-4 3-9 4-14 4 4-2 6-4 8-7C19 19 11 13 1 9z"/></svg>
            <h1>\(name)</h1>
            <p>This is a <strong>Matrix</strong> homeserver: people here can talk with people on any other Matrix server, in any Matrix app.</p>
            <ol>
            <li>Open a Matrix app, such as Element, FluffyChat or Nheko.</li>
            <li>Choose “other homeserver” and enter the address of this page.</li>
            <li>Sign in or register. Your name will read <code>@you:\(name)</code>.</li>
            </ol>
            <footer>\(MartletVersion.name) \(MartletVersion.current). If you run this server: the log of its first start says how to make the first administrator.</footer>
            </main>
            </body>
            </html>

            """
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;").replacing("\"", with: "&quot;")
    }
}
