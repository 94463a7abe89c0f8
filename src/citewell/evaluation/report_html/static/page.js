// Filters. Without this script every question is shown and nothing is lost.
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
