// What the articles say of a claim: each sentence leads to its place.
// Gradio runs this once, with `element`, `trigger` (calls the server) and `watch`.

element.setAttribute("aria-live", "polite");

element.addEventListener("click", (event) => {
  if (event.target.closest(".close")) return close();
  const hit = event.target.closest("[data-number]");
  // Who selects words of a sentence wants to copy them.
  if (!hit || !getSelection().isCollapsed) return;
  const { turn, number, citation, document: id } = hit.dataset;
  const here = new CustomEvent("citewell:point", { detail: { turn, number, id, from: hit }, cancelable: true });
  if (document.dispatchEvent(here)) trigger("select", { number: Number(number), citation: Number(citation) });
});

function close() {
  const shown = element.querySelector(".verdict");
  if (!shown) return;
  shown.hidden = true;
  document.querySelector(`#check .claim[data-claim="${shown.dataset.claim}"]`)?.focus();
}

element.addEventListener("keydown", (event) => {
  if (event.key === "Escape") close();
});
// The claim stays in sight beside what is said of it.
watch("value", () => document.querySelector("#check .claim[aria-current]")?.scrollIntoView({ block: "nearest" }));
document.addEventListener("citewell:unclaim", () => {
  const shown = element.querySelector(".verdict");
  if (shown) shown.hidden = true;
});
