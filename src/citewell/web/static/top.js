// The bar: which pane a narrow screen shows, an article of one's own, saving, and a new conversation.
// Gradio runs this once, with `element` (the bar) and `trigger` (calls the server).

const buttons = [...element.querySelectorAll("[data-view]")];
const own = element.querySelector(".own");

function view(name) {
  document.body.dataset.view = name;
  for (const button of buttons) button.setAttribute("aria-pressed", button.dataset.view === name);
}

function adding(open) {
  own?.setAttribute("aria-expanded", open);
  document.dispatchEvent(new CustomEvent("citewell:add", { detail: open }));
  if (open) view("article");
}

for (const button of buttons) button.addEventListener("click", () => view(button.dataset.view));
for (const button of element.querySelectorAll("[data-save]")) {
  button.addEventListener("click", () => trigger("download", { kind: button.dataset.save }));
}
own?.addEventListener("click", () => adding(own.getAttribute("aria-expanded") !== "true"));
document.addEventListener("citewell:added", () => {
  adding(false);
  own?.focus();
});
element.querySelector(".anew").addEventListener("click", () => {
  view("chat");
  trigger("clear");
});
document.addEventListener("citewell:view", (event) => view(event.detail));
view("chat");
