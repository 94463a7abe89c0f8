// Filters and the slider. Without this script every question is shown, the table is that of the threshold that
// was set, and nothing is lost.
"use strict";
const form = document.getElementById("filters");
const none = document.getElementById("none");
const count = document.getElementById("count");
const cards = [...document.querySelectorAll(".question")].map((element) => ({ element, words: null }));
const selects = [...form.querySelectorAll("select")];

const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

function apply() {
  const words = folded(form.elements.words.value).split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const card of cards) {
    const fits = selects.every(({ name, value }) => !value || card.element.dataset[name] === value);
    if (fits && words.length && card.words === null) card.words = folded(card.element.textContent);
    card.element.hidden = !fits || !words.every((word) => card.words.includes(word));
    shown += !card.element.hidden;
  }
  const all = shown === cards.length;
  count.textContent = all ? `${shown} questions` : `${shown} of ${cards.length} questions`;
  form.querySelector("button").hidden = all;
  none.hidden = shown > 0 || all;
}

// A link to a question that is filtered away shows all again.
function reveal() {
  const raw = location.hash.slice(1);
  const target = raw && document.getElementById(raw);
  if (target && target.hidden) {
    form.reset();
    apply();
    target.scrollIntoView();
  }
}

for (const link of document.querySelectorAll("a[data-filter]")) {
  link.addEventListener("click", () => {
    const wanted = selects.find((select) => select.name === link.dataset.filter);
    form.reset();
    if (wanted) wanted.value = `=${link.dataset.value}`;
    apply();
  });
}
form.addEventListener("input", apply);
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("reset", () => setTimeout(apply));
window.addEventListener("hashchange", reveal);
form.hidden = false;
apply();

// Another threshold: each question carries its confidence, and whether its answer is right.
const slider = document.getElementById("threshold");
if (slider) {
  const asked = cards
    .map(({ element }) => element.dataset)
    .filter((data) => "asked" in data)
    .map((data) => ({ kind: data.kind, confidence: Number(data.confidence ?? -1), right: "right" in data }));
  const at = slider.elements.probability;
  const rows = [...document.querySelectorAll(".thresholds tbody tr")];
  const percent = (share) => {
    if (share === 0 || share === 1) return `${share * 100}%`;
    const held = 100 * Math.min(Math.max(share, 0.001), 0.999);
    return share < 0.1 || share > 0.99 ? `${held.toFixed(1)}%` : `${held.toFixed(0)}%`;
  };
  const count = () => {
    // A slider stops at hundredths; where nobody has moved it, the threshold that was set counts.
    const threshold = at.value === at.defaultValue ? Number(at.dataset.set) : Number(at.value);
    let said = "";
    for (const row of rows) {
      const here = asked.filter(({ kind }) => !row.dataset.of || kind === row.dataset.of);
      const shown = here.filter(({ confidence }) => confidence >= threshold);
      const right = shown.filter((item) => item.right).length;
      const share = shown.length ? percent(right / shown.length) : "–";
      const cells = [here.length, shown.length, share, here.length - shown.length];
      row.querySelectorAll("td").forEach((cell, place) => (cell.textContent = cells[place]));
      said ||= `${shown.length} of ${here.length} questions are answered, ${share} of them rightly.`;
    }
    document.getElementById("now").textContent = String(Number(threshold.toPrecision(3)));
    document.getElementById("shown").textContent = said;
  };
  slider.addEventListener("input", count);
  slider.addEventListener("submit", (event) => event.preventDefault());
  slider.addEventListener("reset", () => setTimeout(count));
  slider.hidden = false;
  count();
}
