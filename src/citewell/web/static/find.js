// The view that finds sentences: look for them, go to one in its article, save them.
// Gradio runs this once, with `element` (the view), `trigger` (calls the server) and `watch`.

element.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = event.target.elements.text.value.trim();
  const reading = element.querySelector(".reading");
  if (!text || !reading.hidden) return;
  reading.hidden = false;
  element.querySelector(".results").hidden = true;
  trigger("submit", { text });
});

element.addEventListener("click", (event) => {
  const saved = event.target.closest("[data-export]");
  if (saved) return trigger("download", { kind: saved.dataset.export });
  const hit = event.target.closest("[data-number]");
  // Who selects words of a sentence wants to copy them.
  if (!hit || !getSelection().isCollapsed) return;
  const { turn, number, document: id } = hit.dataset;
  const here = new CustomEvent("citewell:point", { detail: { turn, number, id, from: hit }, cancelable: true });
  if (document.dispatchEvent(here)) trigger("select", { number: Number(number) });
});

document.addEventListener("citewell:view", (event) => {
  if (event.detail === "find" && matchMedia("(pointer: fine)").matches) element.querySelector("input")?.focus();
});

watch("value", () => element.querySelector(".finding")?.scrollTo({ top: 0 }));
