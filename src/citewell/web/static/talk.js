// The conversation: starters ask, chips point into the article and show their quote on hover and focus.
// Gradio runs this once, with `element` (the conversation), `trigger` (calls the server) and `watch`.

const tip = document.createElement("div");
tip.className = "tip";
tip.hidden = true;
tip.setAttribute("aria-hidden", "true"); // the same words are the chip's description
document.body.append(tip);

function showTip(chip) {
  const quote = document.getElementById(chip.getAttribute("aria-describedby"));
  if (!quote) return;
  // Nodes that the server has escaped, copied as nodes: no text becomes markup here.
  tip.replaceChildren(...[...quote.childNodes].map((node) => node.cloneNode(true)));
  tip.hidden = false;
  const at = chip.getBoundingClientRect();
  const width = tip.offsetWidth;
  tip.style.left = `${Math.max(8, Math.min(at.left + at.width / 2 - width / 2, innerWidth - width - 8))}px`;
  const above = at.top - tip.offsetHeight - 8;
  tip.style.top = `${above > 8 ? above : at.bottom + 8}px`;
}

function hideTip() {
  tip.hidden = true;
}

for (const [enter, leave] of [["pointerover", "pointerout"], ["focusin", "focusout"]]) {
  element.addEventListener(enter, (event) => {
    const chip = event.target.closest(".chip");
    if (chip) showTip(chip);
  });
  element.addEventListener(leave, hideTip);
}
element.addEventListener("scroll", hideTip, true);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") hideTip();
});

element.addEventListener("click", (event) => {
  const starter = event.target.closest("[data-ask]");
  if (starter) trigger("submit", { question: starter.dataset.ask });
  const pointer = event.target.closest("[data-number]");
  if (!pointer) return;
  hideTip();
  const { turn, number, document: id } = pointer.dataset;
  // The article may show this exchange's marks already; if it does not, the server makes them.
  const here = new CustomEvent("citewell:point", { detail: { turn, number, id, from: pointer }, cancelable: true });
  if (document.dispatchEvent(here)) trigger("select", { turn: Number(turn), number: Number(number) });
});

watch("value", () => {
  hideTip();
  const turns = element.querySelectorAll(".turn");
  const box = element.querySelector(".conversation");
  const last = turns[turns.length - 1];
  if (last) box.scrollTo({ top: last.offsetTop - box.offsetTop - 16 });
});

// A keyboard is at hand where there is a mouse; on a phone the focus would open one over the page.
if (matchMedia("(pointer: fine)").matches) document.querySelector("#box textarea")?.focus();
