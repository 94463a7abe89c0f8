// The form that chooses articles by title, source and date.
// Gradio runs this once, with `element` (the form) and `trigger` (calls the server).

element.addEventListener("submit", (event) => {
  event.preventDefault();
  trigger("submit", Object.fromEntries(new FormData(event.target)));
});
