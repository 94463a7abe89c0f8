// Questions to begin or to go on with.
// Gradio runs this once, with `element` and `trigger` (calls the server).

element.addEventListener("click", (event) => {
  const asked = event.target.closest("[data-ask]");
  if (asked) trigger("submit", { question: asked.dataset.ask });
});
