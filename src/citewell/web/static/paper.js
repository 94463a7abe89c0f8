// The article: scroll to a mark and let it pulse. Which characters a mark holds was decided by the server.
// Gradio runs this once, with `element` (the article), `trigger` (calls the server) and `watch` (calls back when the
// server sends another article).

let cameFrom = null;
let asked = false; // whether a person pointed, so that the focus may follow
let unfolded = false; // whether the list of what was not read is open: another answer does not fold it
let open = element.querySelector(".paper")?.dataset.document;

function paper() {
  return element.querySelector(".paper");
}

function go(turn, number, follow) {
  const marks = [...element.querySelectorAll(`mark[data-turn="${turn}"][data-number="${number}"]`)];
  const first = marks.find((mark) => mark.getClientRects().length) ?? marks[0];
  for (const mark of element.querySelectorAll("mark.active")) mark.classList.remove("active");
  if (!first) return;
  if (follow) document.dispatchEvent(new CustomEvent("citewell:view", { detail: "article" }));
  // Class off, layout, class on: an animation that has run starts again.
  void first.offsetWidth;
  for (const mark of marks) mark.classList.add("active");
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  first.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
  if (follow) first.focus({ preventScroll: true });
}

document.addEventListener("citewell:point", (event) => {
  const { turn, number, id, from } = event.detail;
  const dataset = paper()?.dataset ?? {};
  cameFrom = from;
  if (dataset.turn === turn && dataset.document === id) {
    event.preventDefault();
    go(turn, number, true);
  } else {
    asked = true;
  }
});

element.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !cameFrom?.isConnected) return;
  document.dispatchEvent(new CustomEvent("citewell:view", { detail: document.body.dataset.beside }));
  cameFrom.focus();
});

function back(mark) {
  const { turn, number } = mark.dataset;
  if (mark.matches(".cited, .closest")) document.dispatchEvent(new CustomEvent("citewell:back", { detail: { turn, number } }));
}

element.addEventListener("click", (event) => {
  const removed = event.target.closest("[data-remove]")?.dataset.remove;
  if (removed) {
    document.dispatchEvent(new CustomEvent("citewell:removed", { detail: removed }));
    return trigger("delete", { document: removed });
  }
  const mark = event.target.closest("mark");
  // Who selects words of the article wants to copy them.
  if (mark && getSelection().isCollapsed) back(mark);
});
element.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("mark")) back(event.target);
});

// "toggle" does not bubble.
element.addEventListener("toggle", (event) => {
  if (event.target.matches(".unread")) unfolded = event.target.open;
}, true);

watch("value", () => {
  if (!paper()) return;
  const { turn, focus, document: id } = paper().dataset;
  if (id !== open) {
    paper().scrollTo({ top: 0 });
    unfolded = false;
  }
  const unread = paper().querySelector(".unread");
  if (unread) unread.open = unfolded;
  if (focus !== "0") go(turn, focus, asked);
  open = id;
  asked = false;
});

// An address that ends in #cite=ARTICLE:START-END opens the article at these characters.
function openLinked() {
  const [, id, start, end] = location.hash.match(/^#cite=(.+):(\d+)-(\d+)$/) ?? [];
  if (!id) return;
  asked = true;
  try {
    trigger("select", { document: decodeURIComponent(id), start: Number(start), end: Number(end) });
  } catch {
    asked = false; // no address that we wrote
  }
}
addEventListener("hashchange", openLinked);
openLinked();
