// The bar: which view is shown, and which pane a narrow screen shows, an article of one's own, saving, and a new conversation.
// Gradio runs this once, with `element` (the bar) and `trigger` (calls the server).

const buttons = [...element.querySelectorAll("[data-view]")];
const narrow = matchMedia("(max-width: 860px)"); // as in page.css
const own = element.querySelector(".own");

// Beside the article stands the conversation, or the view that finds sentences or checks a text: the one shown last.
function view(name) {
  const body = document.body.dataset;
  body.view = name;
  if (name !== "article") body.beside = name;
  for (const button of buttons) {
    const shown = narrow.matches || button.dataset.view === "article" ? name : body.beside;
    button.setAttribute("aria-pressed", button.dataset.view === shown);
  }
}

function adding(open) {
  own?.setAttribute("aria-expanded", open);
  document.dispatchEvent(new CustomEvent("citewell:add", { detail: open }));
  if (open) view("article");
}

for (const button of buttons) {
  button.addEventListener("click", () => document.dispatchEvent(new CustomEvent("citewell:view", { detail: button.dataset.view })));
}
narrow.addEventListener("change", () => view(document.body.dataset.view));
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
