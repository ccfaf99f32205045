"""Texts, pieces of HTML and addresses that try to run script in a client, or to break its layout. Each that runs calls `window.hit(number)`."""

_CALL = "window.hit(1)"
_HANDLERS = [
    "onerror", "onload", "onclick", "onmouseover", "onfocus", "onanimationstart", "onanimationend", "ontransitionend", "onpointerenter", "onpointerdown", "ontoggle",
    "onbegin", "onend", "onwheel", "onscroll", "onresize", "oncut", "oncopy", "onpaste", "oninput", "onchange", "onsubmit", "onreset", "onplay", "oncanplay",
    "onloadstart", "onmessage", "onhashchange", "onpageshow", "onbeforetoggle", "onscrollend", "oncontentvisibilityautostatechange", "onsecuritypolicyviolation",
]
_SCHEMES = [
    "javascript:window.hit(1)", "JaVaScRiPt:window.hit(1)", "java\tscript:window.hit(1)", "java\nscript:window.hit(1)", " javascript:window.hit(1)",
    "\x01javascript:window.hit(1)", "javascript&colon;window.hit(1)", "&#106;avascript:window.hit(1)", "&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74&#x3A;window.hit(1)",
    "vbscript:msgbox(1)", "data:text/html,<script>top.hit(1)</script>", "data:text/html;base64,PHNjcmlwdD50b3AuaGl0KDEpPC9zY3JpcHQ+",
    "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='top.hit(1)'/>", "blob:null/x", "filesystem:http://x/y", "view-source:javascript:window.hit(1)",
    "//evil.example/x", "https://evil.example\\@good.example/", "https://good.example@evil.example/", "http://127.0.0.1:1/x", "file:///etc/passwd", "about:blank#javascript:window.hit(1)",
    "intent://x#Intent;scheme=javascript;end", "ms-word:ofe|u|x", "mxc://evil/../../_matrix/client/v3/account/deactivate", "mxc://x/y?onerror=window.hit(1)", "mxc:///", "mxc://a/b\"onerror=\"window.hit(1)",
    "matrix:roomid/%22%3E%3Cscript%3Ewindow.hit(1)%3C/script%3E", "https://matrix.to/#/%3Cimg%20src=x%20onerror=window.hit(1)%3E", "https://matrix.to/#/javascript:window.hit(1)",
]
_TAGS = [
    "<script>{call}</script>", "<script src=data:text/javascript,{call}></script>", "<scr<script>ipt>{call}</scr</script>ipt>", "<ScRiPt>{call}</sCrIpT>", "<script\x0c>{call}</script>",
    "<svg><script>{call}</script></svg>", "<svg><script href=data:,{call} /></svg>", "<svg><animate onbegin={call} attributeName=x dur=1s>", "<svg><set onbegin={call} attributeName=x>",
    "<svg><a xlink:href=javascript:{call}><text x=20 y=20>x</text></a></svg>", "<svg><use href=data:image/svg+xml,x#y></use></svg>", "<svg><foreignObject><iframe srcdoc='<script>top.hit(1)</script>'></foreignObject></svg>",
    "<math><mi//xlink:href=javascript:{call}>x", "<math><maction actiontype=statusline xlink:href=javascript:{call}>x</maction></math>", "<math><mtext><table><mglyph><style><img src=x onerror={call}>",
    "<math><annotation-xml encoding=text/html><img src=x onerror={call}></annotation-xml></math>", "<form><math><mtext></form><form><mglyph><style></math><img src onerror={call}>",
    "<iframe src=javascript:{call}></iframe>", "<iframe srcdoc='<script>top.hit(1)</script>'></iframe>", "<iframe onload={call}></iframe>", "<frameset onload={call}>", "<object data=javascript:{call}>",
    "<object data=data:text/html,<script>top.hit(1)</script>>", "<embed src=javascript:{call}>", "<applet code=x>", "<base href=javascript:/a/-{call}//>", "<base href=https://evil.example/>",
    "<meta http-equiv=refresh content=0;url=javascript:{call}>", "<meta http-equiv=Content-Security-Policy content=\"script-src *\">", "<link rel=stylesheet href=data:text/css,*{{display:none}}>",
    "<link rel=import href=data:text/html,<script>top.hit(1)</script>>", "<style>*{{display:none!important}}</style>", "<style>@import 'https://evil.example/x.css';</style>",
    "<style>body{{background:url(https://evil.example/x)}}</style>", "<template><script>{call}</script></template>", "<noscript><p title=\"</noscript><img src=x onerror={call}>\">",
    "<textarea><img src=x onerror={call}></textarea>", "<title><img src=x onerror={call}></title>", "<xmp><img src=x onerror={call}></xmp>", "<plaintext>", "<noembed><img src=x onerror={call}></noembed>",
    "<select><option><img src=x onerror={call}></select>", "<input autofocus onfocus={call}>", "<button formaction=javascript:{call}>x</button>", "<form action=javascript:{call}><input type=submit></form>",
    "<isindex action=javascript:{call}>", "<keygen autofocus onfocus={call}>", "<video><source onerror={call}></video>", "<video src=x onerror={call}></video>", "<audio src=x onerror={call}></audio>",
    "<img src=x onerror={call}>", "<img src=x onerror=\"{call}\">", "<img src=x:alert onerror={call}//>", "<img srcset=x onerror={call}>", "<img src=https://evil.example/track.png>", "<img src=//evil.example/x>",
    "<img src=data:image/svg+xml,x onload={call}>", "<img data-mx-emoticon src=https://evil.example/x height=32>", "<img data-mx-emoticon src=javascript:{call} height=32>",
    "<img data-mx-emoticon src='mxc://x/y' height=99999 width=99999 alt=x>", "<picture><source srcset=https://evil.example/x><img src=x></picture>", "<details open ontoggle={call}>x</details>",
    "<marquee onstart={call}>x</marquee>", "<dialog open onclose={call}>x</dialog>", "<p style=\"position:fixed;inset:0;background:red;z-index:99999\">x</p>", "<p style=behavior:url(x)>x</p>",
    "<span data-mx-color=\"red;position:fixed\">x</span>", "<span data-mx-color=\"url(javascript:{call})\">x</span>", "<span data-mx-bg-color=\"expression({call})\">x</span>", "<font color=\"red;position:fixed\">x</font>",
    "<span data-mx-spoiler=\"<img src=x onerror={call}>\">x</span>", "<span data-mx-maths=\"\\\\href{{javascript:{call}}}{{x}}\">x</span>", "<div data-mx-maths=\"\\\\htmlClass{{x}}{{y}}\\\\url{{javascript:{call}}}\">x</div>",
    "<span data-mx-maths=\"\\\\def\\\\a{{\\\\a\\\\a}}\\\\a\">x</span>", "<span data-mx-maths=\"\\\\includegraphics{{https://evil.example/x}}\">x</span>", "<code class=\"language-x onload={call}\">x</code>",
    "<code class='language-\"><img src=x onerror={call}>'>x</code>", "<a href=x id=root name=root>x</a>", "<form id=root><input name=innerHTML></form>", "<img name=getElementById>", "<a id=__proto__>x</a>",
    "<mx-reply><img src=x onerror={call}></mx-reply>x", "<![CDATA[<img src=x onerror={call}>]]>", "<!--<img src=\"--><img src=x onerror={call}//\">", "<?xml version=1.0?><img src=x onerror={call}>",
    "<a href=\"https://good.example\" onclick={call} target=_self>x</a>", "<a href='https://xn--80ak6aa92e.com/'>apple.com</a>", "<a href='https://evil.example/'>https://good.example/</a>", "<a ping=https://evil.example href=https://x>x</a>",
    "</div></div></div></main><h1 onclick={call}>out</h1>", "<table><tr><td><table><tr><td>" * 40, "<blockquote>" * 150 + "deep", "<b>" * 5000, "<ol start=99999999999999999999><li>x</ol>", "<ol reversed type=javascript><li>x</ol>",
    "<h1>" + "W" * 4000 + "</h1>", "<td>no table</td>", "<sup>" * 90 + "up", "<portal src=javascript:{call}>", "<slot onslotchange={call}></slot>", "<custom-element onconnected={call}></custom-element>",
    "<div contenteditable autofocus onfocus={call}>x</div>", "<div popover id=p onbeforetoggle={call}>x</div><button popovertarget=p>x</button>", "<body onload={call}>", "<html onmouseover={call}>",
]
_TEXTS = [
    "\u202e\u2066evil\u2069 gpj.exe", "\u200b" * 500, "W" * 3000, "\u0301" * 200 + "a", "Z̸̢͔̘̖̝̗̭̙͊̆̌̾̈́͜͠͝a̴̧̨̛̲̞̼̠͚̐̂l̷̪̊g̵̙̈́o̵̺͗" * 30, "\u2028\u2029line\u2028separators", "\ufeff\ufeffbom", "نص من اليمين\u202dleft\u202c" * 20, "﷽" * 60, "𒐫" * 60, "\x00nul", "\x1b[31mred",
    "{{constructor.constructor('window.hit(1)')()}}", "${window.hit(1)}", "#{window.hit(1)}", "<%= window.hit(1) %>", "[[x]](javascript:window.hit(1))", "[x](javascript:window.hit(1))", "![x](https://evil.example/x.png)",
    "[x](data:text/html,<script>window.hit(1)</script>)", "<javascript:window.hit(1)>", "```\n</code></pre><img src=x onerror=window.hit(1)>\n```", "`</code><img src=x onerror=window.hit(1)>`", "$$\\href{javascript:window.hit(1)}{x}$$",
    "||<img src=x onerror=window.hit(1)>||", "@room" * 400, ":" * 2000, "| a | b |\n|---|---|\n" + "| x | y |\n" * 300, "> " * 300 + "deep", "- " * 300 + "deep", "*" * 3000, "_" * 3000, "[" * 3000, "(" * 3000, "\n" * 800 + "far below", "\t" * 2000,
    "__proto__", "constructor", "toString", "hasOwnProperty", "null", "undefined", "NaN", "-1", "1e999", "'; DROP TABLE rooms; --", "\" onmouseover=\"window.hit(1)", "' onmouseover='window.hit(1)", "</script><script>window.hit(1)</script>", "</title><script>window.hit(1)</script>", "</style><script>window.hit(1)</script>",
    "<!--martlet:head--><script>window.hit(1)</script>", "https://evil.example/<script>window.hit(1)</script>", "http://аррӏе.com/ lookalike", "https://example.com:javascript@evil.example/", "🏳️‍🌈" * 400,
]


def html() -> list[str]:
    """Pieces of HTML for `formatted_body`."""
    made = [tag.replace("{{", "{").replace("}}", "}").replace("{call}", _CALL) for tag in _TAGS]
    made += [f"<p {handler}={_CALL}>x</p><img src=x {handler}='{_CALL}'>" for handler in _HANDLERS]
    made += [f'<a href="{scheme}">link</a><img src="{scheme}" alt="x">' for scheme in _SCHEMES]
    return made


def texts() -> list[str]:
    """Texts for names, topics, messages, profiles and shortcodes."""
    return _TEXTS + _SCHEMES + [tag.replace("{{", "{").replace("}}", "}").replace("{call}", _CALL) for tag in _TAGS[:40]]
