"""List the names that sites give to parts that are no article, and the words of consent banners.

Most names are English, because class names are. The words of banners are in the languages that were met.
"""

import re

_NAMES = (
    "breadcrumbs? share sharing share-?(?:bar|buttons?|links|tools) social-?(?:share|links|media|bar|icons)?"
    r" cookies? cookie-?\w* consent\w* gdpr\w* ccpa cmp onetrust\w* didomi\w* newsletter\w* subscribe\w*"
    r" signup"
    r" sign-up related related-?\w* recommended recommendations more-stories read-?(?:more|next) also-?read"
    r" trending most-?(?:read|popular) outbrain taboola advert\w* ads? ad-?(?:slot|unit|container|wrapper)"
    r" sponsor(?:ed|s)? promo\w* skip-?(?:link|nav|to-\w+) nav navbar navigation nav-?\w+ menu sidebar\w*"
    " pagination pager (?:site|page|global)-?(?:footer|header|nav) footer masthead toolbar topbar comments?"
    " comment-?(?:list|area|section) commentlist disqus_thread respond mw-editsection navbox printfooter"
    " catlinks"
    r" mw-jump-link noprint tags tag-?list author-?bio toc table-?of-?contents sphinxsidebar\w*"
    r" prev-?next login"
    " search searchbox headerlink popup modal overlay lightbox toast"
).split()
# Matches the names as whole words of a class or id.
LEFT_OUT = re.compile(rf"(?:^|[\s_-])(?:{'|'.join(_NAMES)})(?:$|[\s_-])", re.IGNORECASE)
SURE_NAMES = re.compile("cookie|consent|gdpr|cmp|onetrust|didomi", re.IGNORECASE)
CONSENT_NAMES = re.compile(
    "cookie|consent|gdpr|privacy|cmp|modal|popup|overlay|banner|dialog|notice|toast|onetrust|didomi",
    re.IGNORECASE,
)
CONSENT_TERMS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\bcookies?\b",
        r"\bconsent|\beinwillig|\bconsentimiento",
        (
            r"\b(?:our|\d+) (?:trusted )?(?:partners|vendors)|\bpartners? (?:store|use)|\bpartenaires"
            r"|\bpartnern?\b"
        ),
        (
            r"\b(?:value )?your privacy|\bprivacy (?:policy|settings|preferences|choices)|\bdatenschutz"
            r"|\bconfidentialité"
        ),
        r"\bpersonali[sz]ed (?:ads|advertising|content)|\bpersonalisierte|\bpublicités? personnalisée",
        r"\bunique identifiers?|\bdevice (?:scanning|characteristics)|\bon (?:a|your) device|\bgeolocation",
        (
            r"\b(?:accept|reject|allow|decline) (?:all|cookies)|\balle akzeptieren|\btout accepter|\bagree\b"
            r"|\bmanage (?:preferences|options|choices)|\blegitimate interest"
        ),
        (
            r"\bthis (?:web)?site uses|\bwe use\b|\bwir verwenden|\bnous utilisons|\bto improve your"
            r" (?:experience|browsing)"
        ),
        r"\bmeasurement, audience|\baudience research|\banalytics\b|\btracking\b",
    )
)
