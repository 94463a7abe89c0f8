// The bar: which pane a narrow screen shows, and a new conversation.
// Gradio runs this once, with `element` (the bar) and `trigger` (calls the server).

const buttons = [...element.querySelectorAll("[data-view]")];

function view(name) {
  document.body.dataset.view = name;
  for (const button of buttons) button.setAttribute("aria-pressed", button.dataset.view === name);
}

for (const button of buttons) button.addEventListener("click", () => view(button.dataset.view));
element.querySelector(".anew").addEventListener("click", () => {
  view("chat");
  trigger("clear");
});
document.addEventListener("citewell:view", (event) => view(event.detail));
view("chat");
