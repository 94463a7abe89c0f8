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
  // The quote stands in the answer already: its article's words around it are shown with it.
  const around = quote.nextElementSibling?.matches(".around") ? quote.nextElementSibling : null;
  const shown = around ? [...around.childNodes, quote.querySelector("small")] : [...quote.childNodes];
  // Nodes that the server has escaped, copied as nodes: no text becomes markup here.
  tip.replaceChildren(...shown.map((node) => node.cloneNode(true)));
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
  if (starter) return trigger("submit", { question: starter.dataset.ask });
  const act = event.target.closest("[data-do]");
  if (act) return trigger(act.dataset.do === "retry" ? "retry" : "edit", { do: act.dataset.do, turn: Number(act.dataset.turn ?? -1) });
  const copying = event.target.closest("[data-copy]");
  if (copying) return copy(copying);
  const verdict = event.target.closest("[data-verdict]");
  if (verdict) return judge(verdict);
  const pointer = event.target.closest("[data-number]");
  if (!pointer) return;
  hideTip();
  const { turn, number, document: id } = pointer.dataset;
  // The article may show this exchange's marks already; if it does not, the server makes them.
  const here = new CustomEvent("citewell:point", { detail: { turn, number, id, from: pointer }, cancelable: true });
  if (document.dispatchEvent(here)) trigger("select", { turn: Number(turn), number: Number(number) });
});

// Said once each, to those who hear the page.
const voice = document.createElement("p");
voice.className = "voice";
voice.setAttribute("role", "status");
document.body.append(voice);

async function copy(button) {
  const text = button.parentElement.querySelector(`[data-form="${button.dataset.copy}"]`).textContent;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // A page that is served over plain http, or a browser that refuses, has the older way.
    const area = Object.assign(document.createElement("textarea"), { value: text });
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    button.focus();
  }
  voice.textContent = button.parentElement.dataset.copied;
  button.classList.add("done");
  setTimeout(() => {
    button.classList.remove("done");
    voice.textContent = "";
  }, 1600);
}

// Right is said at once; wrong asks what would be right, and takes no answer for an answer.
function judge(button) {
  const turn = Number(button.dataset.turn);
  if (button.dataset.verdict === "up") return trigger("like", { turn, verdict: "up" });
  const form = document.getElementById(button.getAttribute("aria-controls"));
  form.hidden = !form.hidden;
  button.setAttribute("aria-expanded", !form.hidden);
  if (form.hidden) return correcting.delete(form.dataset.turn);
  correcting.set(form.dataset.turn, form.elements.answer.value);
  form.elements.answer.focus();
}

element.addEventListener("submit", (event) => {
  event.preventDefault();
  const { answer, unsaid } = event.target.elements;
  trigger("like", { turn: Number(event.target.dataset.turn), verdict: "down", answer: answer.value, unsaid: unsaid.checked });
});

// A mark in the article leads back to the answer that cites it.
document.addEventListener("citewell:back", (event) => {
  const { turn, number } = event.detail;
  const chip = element.querySelector(`.turn[data-turn="${turn}"] .chip[data-number="${number}"]`);
  if (!chip) return;
  document.dispatchEvent(new CustomEvent("citewell:view", { detail: "chat" }));
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  chip.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
  chip.focus({ preventScroll: true });
  const answer = chip.closest(".turn");
  answer.classList.remove("found");
  void answer.offsetWidth;
  answer.classList.add("found");
});

// What a person has opened stays open when the conversation is drawn again.
const opened = new Set();
const correcting = new Map(); // turn -> what is typed there
element.addEventListener("toggle", (event) => {
  const turn = event.target.closest(".turn")?.dataset.turn;
  if (!turn || !event.target.isConnected) return;
  if (event.target.open) opened.add(turn);
  else opened.delete(turn);
}, true);

element.addEventListener("input", (event) => {
  const form = event.target.closest(".correcting");
  if (form) correcting.set(form.dataset.turn, form.elements.answer.value);
});

function reopen() {
  for (const turn of opened) element.querySelector(`.turn[data-turn="${turn}"] details`)?.setAttribute("open", "");
  for (const [turn, answer] of correcting) {
    const form = document.getElementById(`wrong-${turn}`);
    if (!form) {
      correcting.delete(turn);
      continue;
    }
    form.hidden = false;
    form.elements.answer.value = answer;
  }
}

function toLast() {
  const box = element.querySelector(".conversation");
  const last = [...element.querySelectorAll(".turn")].pop();
  if (last) box.scrollTo({ top: last.offsetTop - box.offsetTop - 16 });
}

// Questions to go on with take room from the conversation, and must not cover its end.
// Who has gone elsewhere meanwhile is left there.
let follows = true;
for (const name of ["wheel", "touchmove", "pointerdown", "keydown"]) {
  element.addEventListener(name, () => (follows = false), { passive: true });
}
document.addEventListener("citewell:back", () => (follows = false));
new ResizeObserver(() => follows && toLast()).observe(document.querySelector("#further"));

let count = element.querySelectorAll(".turn").length;
let waited = false; // for the answer that has come now
watch("value", () => {
  hideTip();
  const turns = element.querySelectorAll(".turn");
  if (!turns.length) opened.clear();
  reopen();
  const pending = Boolean(element.querySelector(".pending"));
  if (turns.length !== count || pending || waited) {
    follows = true;
    toLast();
  }
  const last = turns[turns.length - 1];
  if (waited && !pending) {
    const said = last?.querySelector(".short, .statement bdi, .message, .refused, .reply");
    voice.textContent = [last?.querySelector(".reason"), said].map((part) => part?.textContent ?? "").join(" ").trim();
  }
  count = turns.length;
  waited = pending;
  document.dispatchEvent(new CustomEvent("citewell:talked"));
  if (element.querySelector(".replacing")) document.querySelector("#box textarea")?.focus();
});

// A keyboard is at hand where there is a mouse; on a phone the focus would open one over the page.
if (matchMedia("(pointer: fine)").matches) document.querySelector("#box textarea")?.focus();
