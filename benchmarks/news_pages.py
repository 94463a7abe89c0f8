"""Pages of our own in the manner of news, blogs, shops and forums, for benchmarks/pages.py.

Each is a layout, its markup, phrases of its article, and phrases of what stands around it.
"""

# ruff: noqa: E501 - a page or a part of one is a line

HEAD = '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Storm at Skagen</title></head>'
TITLE = "Storm at Skagen"
INTRO = (
    "The storm that reached Skagen on Monday night tore eleven boats from their moorings, and the harbour master"
    " closed the outer basin until the divers had looked at the wall."
)
MORE = (
    "Nobody was hurt, but the fishing association puts the damage at four million crowns, of which the insurers"
    " will pay about half, its chairwoman Lone Krag said."
)
END = "The ferry to Laesoe will sail again on Thursday at noon if the wind turns."
ITEMS = "<ul><li>Eleven boats were torn loose</li><li>Three of them sank<ul><li>the Anna in the outer basin</li></ul></li></ul>"
TABLE = (
    "<table><caption>Damage in thousand crowns</caption><tr><th>Boat</th><th>Hull</th><th>Engine</th></tr>"
    "<tr><td>Anna the elder</td><td>410</td><td>95</td></tr><tr><td>Bertha of Skagen</td><td>295</td><td>88</td></tr></table>"
)
FIGURE = '<figure><img src="a.jpg" alt="boats"><figcaption>The Anna on the day before the storm came.</figcaption></figure>'
ARTICLE = f"<p>{INTRO}</p>{FIGURE}<p>{MORE}</p>{ITEMS}{TABLE}<p>{END}</p>"
INSIDE = (
    "tore eleven boats from their moorings",
    "its chairwoman Lone Krag said",
    "Three of them sank",
    "the Anna in the outer basin",
    "Damage in thousand crowns",
    "Bertha of Skagen",
    "The Anna on the day before the storm came",
    "will sail again on Thursday at noon",
)
MENU = "".join(
    f'<li><a href="/{name}">{name.capitalize()} section</a></li>'
    for name in "world sport culture money opinion".split()
)
TEASERS = "".join(
    f'<li><a href="/{number}">{text}</a></li>'
    for number, text in enumerate(
        (
            "Mayor of Aalborg resigns over the tunnel",
            "Ten ways to cook a flounder at home",
            "Why the lighthouse went dark twice",
        ),
        1,
    )
)
CONSENT = (
    "<p>We value your privacy. We and our 640 partners use cookies to store information on your device and to show you"
    " personalised advertising and content.</p><button>Accept all</button><button>Reject all</button>"
)
LEGAL = "<p>Copyright Harbour News Ltd. All rights reserved. Imprint and privacy policy.</p>"
COMMENTS = "<p>olaf77 wrote: they should have closed the basin on Sunday already.</p>"
LETTER = "<p>Get the best of Harbour News every morning in your inbox.</p><input><button>Sign up</button>"
OUTSIDE = (
    "World section",
    "Mayor of Aalborg resigns over the tunnel",
    "our 640 partners use cookies",
    "Copyright Harbour News Ltd",
    "they should have closed the basin on Sunday",
    "every morning in your inbox",
)


def page(body: str) -> str:
    """Return a whole page."""
    return f"{HEAD}<body>{body}</body></html>"


BODIES = {
    "news, semantic": f"""<header><nav><ul>{MENU}</ul></nav></header><main><article><header><h1>{TITLE}</h1>
        <p class="byline">By Jens Holm</p></header>{ARTICLE}</article><aside><h2>Most read</h2><ul>{TEASERS}</ul></aside>
        <section id="comments">{COMMENTS}</section></main><footer>{LEGAL}</footer>""",
    "news, divs": f"""<div id="topnav"><ul>{MENU}</ul></div><div id="wrap"><div class="col-8 story"><h1>{TITLE}</h1>{ARTICLE}
        <div class="related-articles"><h3>Related</h3><ul>{TEASERS}</ul></div></div><div class="col-4 sidebar">
        <div class="newsletter-signup">{LETTER}</div></div></div><div id="footer">{LEGAL}</div>""",
    "news, consent first": f"""<div class="cmp-modal" role="dialog">{CONSENT}</div><div id="app"><div><h1>{TITLE}</h1>{ARTICLE}</div>
        <div class="comments-area">{COMMENTS}</div></div><div class="site-footer">{LEGAL}</div>""",
    "news, unnamed": f"""<div class="x1"><ul>{MENU}</ul></div><div class="x2"><div class="x3"><h1>{TITLE}</h1>{ARTICLE}</div>
        <div class="x4"><ul>{TEASERS}</ul></div></div>""",
    "blog": f"""<div id="page" class="hfeed site"><header class="site-header"><h1 class="site-title">Harbour blog</h1><ul>{MENU}</ul>
        </header><div id="content"><article class="post hentry"><h2 class="entry-title">{TITLE}</h2><div class="entry-content">{ARTICLE}
        </div><div class="sharedaddy"><a href="/f">Share</a></div></article><div id="comments" class="comments-area">{COMMENTS}</div></div>
        <div id="secondary" class="widget-area"><ul>{TEASERS}</ul></div><footer class="site-footer">{LEGAL}</footer></div>""",
    "blog, aside": f"""<nav><ul>{MENU}</ul></nav><aside class="post"><h1>{TITLE}</h1>{ARTICLE}</aside><footer>{LEGAL}</footer>""",
    "tables, 1999": f"""<table width="100%"><tr><td width="150"><ul>{MENU}</ul></td><td><h1>{TITLE}</h1>{ARTICLE}</td><td>
        <ul>{TEASERS}</ul></td></tr><tr><td colspan="3"><center>{LEGAL}</center></td></tr></table>""",
    "shop, tabs": f"""<nav><ul>{MENU}</ul></nav><main><h1>{TITLE}</h1><div role="tablist"><button role="tab" aria-controls="t1">About</button>
        <button role="tab" aria-controls="t2">Data</button></div><div id="t1" role="tabpanel"><p>{INTRO}</p>{FIGURE}<p>{MORE}</p></div>
        <div id="t2" role="tabpanel" hidden>{ITEMS}{TABLE}<p>{END}</p></div></main><footer>{LEGAL}</footer>""",
    "state, accordions": f"""<header role="banner"><a href="/">State of Jutland</a></header><main><h1>{TITLE}</h1><details><summary>What
        happened</summary><p>{INTRO}</p>{FIGURE}</details><details><summary>Damage</summary><p>{MORE}</p>{ITEMS}{TABLE}</details>
        <p>{END}</p></main><footer role="contentinfo">{LEGAL}</footer>""",
    "encyclopaedia": f"""<div id="mw-navigation"><ul>{MENU}</ul></div><div id="content" class="mw-body" role="main"><h1>{TITLE}</h1>
        <div class="mw-parser-output">{ARTICLE}</div></div><div id="footer" role="contentinfo">{LEGAL}</div>""",
    "forum": f"""<div class="navbar"><ul>{MENU}</ul></div><div class="topic"><h1>{TITLE}</h1><div class="postbody"><div class="content">
        {ARTICLE}</div></div></div><div class="footer">{LEGAL}</div>""",
    "letter": f"""<div class="preheader" style="display:none">Hidden words for the inbox</div><table role="presentation"><tr><td>
        <h1>{TITLE}</h1></td></tr><tr><td>{ARTICLE}</td></tr><tr><td class="footer">{LEGAL}</td></tr></table>""",
    "form around all": f"""<form id="aspnetForm"><div class="menu"><ul>{MENU}</ul></div><div class="main-content"><h1>{TITLE}</h1>{ARTICLE}
        </div><div class="footer">{LEGAL}</div></form><div id="cookie-law-info-bar">{CONSENT}</div>""",
}
PAGES = [(layout, page(body), INSIDE, OUTSIDE) for layout, body in BODIES.items()]
