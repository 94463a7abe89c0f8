// The form that chooses articles: by title, source and date, and by ticking them.
// Gradio runs this once, with `element` (the form), `trigger` (calls the server) and `watch`.

let typed = {}; // and not chosen by yet
let pressed = ""; // what is focused again once the form is drawn anew
let open = false;
let top = 0;

element.addEventListener("input", (event) => {
  if (event.target.type === "text") typed[event.target.name] = event.target.value;
});
element.addEventListener("submit", (event) => {
  event.preventDefault();
  typed = {};
  trigger("submit", Object.fromEntries(new FormData(event.target)));
});

// A tick counts at once: what is asked next is asked of what the page shows as ticked.
element.addEventListener("change", (event) => {
  const { type, value, checked } = event.target;
  if (type !== "checkbox") return;
  pressed = `input[value="${CSS.escape(value)}"]`;
  trigger("select", { articles: [value], on: checked });
});
element.addEventListener("click", (event) => {
  const name = event.target.closest("[data-tick]")?.dataset.tick;
  if (!name) return;
  pressed = `[data-tick="${name}"]`;
  trigger("select", { articles: [], on: name === "all" });
});

// Drawn anew, it is as open, as far down and as filled in as it was, and what was pressed has the focus.
element.addEventListener("toggle", (event) => event.target.isConnected && (open = event.target.open), true);
element.addEventListener("scroll", (event) => (top = event.target.scrollTop), true);
watch("value", () => {
  const form = element.querySelector("form");
  if (!form) return;
  if (open) element.querySelector("details").open = true;
  element.querySelector(".ticks ul").scrollTop = top;
  // Gradio changes attributes in place, and a box that was ever pressed does not heed its own.
  for (const box of element.querySelectorAll(".ticks input")) box.checked = box.defaultChecked;
  for (const [name, value] of Object.entries(typed)) form.elements[name].value = value;
  if (pressed && document.activeElement === document.body) element.querySelector(pressed)?.focus({ preventScroll: true });
});
