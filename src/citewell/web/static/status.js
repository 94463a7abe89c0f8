// How far an article of one's own is; when it can be asked, the form that brought it is emptied and closed.
// Gradio runs this once, with `element` and `watch` (calls back when the server sends something else).

element.setAttribute("role", "status");
watch("value", () => {
  if (!element.querySelector(".ready")) return;
  document.dispatchEvent(new CustomEvent("citewell:read"));
  document.dispatchEvent(new CustomEvent("citewell:added"));
});
