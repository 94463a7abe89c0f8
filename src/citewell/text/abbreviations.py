"""List the words that tell whether a full stop ends a sentence, in the languages of Europe."""


def _read(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Abbreviations, folded and without their last full stop. An abbreviation that is also a word of another
# language is listed only if that word hardly ever ends a sentence.
#
# Abbreviations that never end a sentence.
NEVER_LAST = _read(
    # English
    "mr mrs ms mx dr prof messrs mme mlle e.g i.e eg ie cf viz vs v"
    # German, French, Spanish and Portuguese, Catalan, Italian, Dutch, the North
    " hr hrn frl dipl dipl.-ing ing bzw vgl sog ggf evtl inkl exkl zzgl einschl bzgl geb frz österr"
    " mgr mlles mmes sr.a sra sras srta dra drs dña excmo ilmo vgr aprox impren dto dott dott.ssa sig avv"
    " geom dhr mevr drs mevrouw bijv zgn hr.n frk"
    # Polish, Czech and Slovak, Romanian, Indonesian
    " ks mgr inż hab dypl św ul im.a mudr judr phdr rndr ing.arch tzv např napr dl.or tbk.pt"
    # Russian and Ukrainian
    " проф акад св ул вул ім просп пров бул тов гр гр-н ред англ нім укр рос лат нем см див нар напр"
)
# Abbreviations that end a sentence unless a number follows. Single letters are not listed, since they are
# also initials.
BEFORE_NUMBER = _read(
    "no nos nr nrs fig figs figg pp vol vols ch chap sec sect art arts eq para ed tab app ref refs approx ca"
    " est jan feb mar apr jun jul aug sep sept oct nov dec"
    " n° nº núm núms nro num pág págs pag pagg cap caps leg fasc tom abb kap abs ziff bd bde anm kl tel"
    " blz afb hfst str čl ods odst č rys poz ust tabl hlm hal tgl cca"
    " стр стор ст рис мал табл гл кн буд кв оф корп тис тыс млн млрд"
)
# Abbreviations that end a sentence only before a word of STARTERS.
BEFORE_NAME = _read(
    "gen sen rep gov lt col sgt capt cmdr adm maj cpl pvt hon rev fr st mt ft pres supt insp det atty sr jr"
    " esq inc ltd co corp llc plc bros dept univ assn ave blvd rd al"
    " mio mrd tsd jh jhd chr str abt ev kath hl ste éd av apr ee ma pe sto sta avda pt tbk ks кл ів"
)
# Abbreviations that look like initials, but end a sentence before any capital letter.
OFTEN_LAST = _read("т.д т.п ș.a.m.d ş.a.m.d e.t.c m.fl п.н.е н.э")
UNITS_BUT = _read("г р")  # Russian units of years and roubles, after which the sentence goes on

LISTED = NEVER_LAST | BEFORE_NUMBER | BEFORE_NAME | OFTEN_LAST

CLOCK = _read("a.m p.m am pm")
# Words that continue a time of day: a day, a month, a time zone.
AFTER_CLOCK = _read(
    "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun"
    " january february march april may june july august september october november december"
    " jan feb mar apr jun jul aug sep sept oct nov dec"
    " est edt et cst cdt ct mst mdt mt pst pdt pt gmt utc bst ist jst cet cest aest eastern central mountain"
    " pacific greenwich"
)

# Places that are written with full stops, the words before them, and the words that continue their name.
REGIONS = _read("d.c n.y n.j n.c s.c n.h n.m n.d s.d r.i w.va p.r b.c l.a")
IN_PLACES = _read("in from to near outside around across at of through throughout within")
AFTER_REGIONS = _read("county state city superior circuit district court council times metro supreme")

# German ordinal numbers are written with a full stop: before the words of AFTER_ORDINAL, and behind the
# words of BEFORE_ORDINAL.
AFTER_ORDINAL = _read(
    "januar jänner februar feber märz april mai juni juli august september oktober november dezember"
    " jan feb mär apr jun jul aug sep sept okt nov dez jahrhundert jahrhunderts jahrtausend jh jhd"
    " lebensjahr geburtstag jahrestag"
)
BEFORE_ORDINAL = _read(
    "am im vom zum zur beim der die das dem den des einem einer eines jeder jede jedes jedem"
    " jeden dieser dieses seinem seinen seiner ihrem ihren ihrer unserem unserer"
)

# Words that often begin a sentence.
STARTERS = _read(
    "the a an this that these those he she it they we i you his her its their our my your there here"
    " in on at by for from with to of and but or nor so yet as if when while where who what why how which"
    " after before since until during although though because however meanwhile then now also not no yes"
    " nobody nothing everyone everybody somebody someone people many most some several both"
    " another such other others let please only later today is are was were has have had"
    # German
    " der die das dies diese dieser dieses ein eine einer er sie es wir ich ihr ihre sein seine im am auf bei"
    " mit nach vor zu zum zur seit trotz für gegen ohne um aber und oder doch auch dann da wenn als während"
    " weil obwohl nachdem hier dort jetzt heute gestern nun danach damals deshalb daher jedoch außerdem man"
    " viele alle beide wer wo wie warum wann was"
    # French
    " le les un une ce cet cette ces il elle on nous vous ils elles je mais où et ou donc car si quand comme"
    " dans pour par sur avec sans selon après avant pendant depuis aussi puis alors ainsi c l d j qu y"
    # Spanish, Portuguese, Catalan, Italian
    " los las una uno unos unas este esta esto estos estas ese esa eso aquí ahora pero cuando como si también"
    " para por con sin según después antes durante desde hay era fue eran fueron yo ella ellos ellas nosotros"
    " o os as um uma ele ela eles elas eu nós este estes isto isso mas também quando depois em no na nos nas"
    " els les aquest aquesta això però també quan ara il lo gli una questo questa questi ma anche quando dopo"
    " nel nella con per sono era"
    # Dutch, Danish, Norwegian, Swedish
    " het een dit dat deze hij zij ze wij ik maar ook toen nu er daar hier na voor op met bij om"
    " det der han hun hon vi jeg jag men også också når när efter før på med til till ett en et"
    # Polish, Czech and Slovak, Romanian
    " to ten ta te on ona oni one ale gdy po w na z nie jest był była tu tam teraz v ve na po když tak je byl"
    " aj ak keď acest această aici ea ei ele dar și în la pe cu după când este"
    # Russian and Ukrainian
    " а и в на он она оно они мы я это этот эта эти но когда если после до при по с как так там тут здесь"
    " він вона воно вони ми я це цей ця ці але коли якщо після у з та і й проте тут там"
)
# STARTERS that are names, or begin a name, behind an initial: "C. R. Das", "J. Le Carré".
NAMES = _read(
    "das der den die dem le les los las lo il ma man si hay ella vi sein seine on ten ta te en mit i a"
)
