// The form that chooses articles: by title, source and date, and by ticking them.
// Gradio runs this once, with `element` (the form), `trigger` (calls the server) and `watch`.

element.addEventListener("submit", (event) => {
  event.preventDefault();
  trigger("submit", Object.fromEntries(new FormData(event.target)));
});

// A tick counts at once: what is asked next is asked of what the page shows as ticked. Of several ticks in a
// row, each waits for the one before it, so that the form shows what the server knows.
let waiting = [];
let sent = false;
let pressed = ""; // what is focused again once the form is drawn anew
let typed = {}; // and not chosen by yet

function next() {
  sent = waiting.length > 0;
  if (!sent) return;
  typed = Object.fromEntries(new FormData(element.querySelector("form")));
  trigger("select", waiting.shift());
}

function tick(articles, on, what) {
  pressed = what;
  waiting.push({ articles, on });
  if (!sent) next();
}

element.addEventListener("change", (event) => {
  const { type, value, checked } = event.target;
  if (type === "checkbox") tick([value], checked, `input[value="${CSS.escape(value)}"]`);
});

element.addEventListener("click", (event) => {
  const name = event.target.closest("[data-tick]")?.dataset.tick;
  if (name) tick([], name === "all", `[data-tick="${name}"]`);
});

// Drawn anew, it is as open, as far down and as filled in as it was.
let open = false;
let top = 0;
element.addEventListener("toggle", (event) => event.target.isConnected && (open = event.target.open), true);
element.addEventListener("scroll", (event) => (top = event.target.scrollTop), true);
watch("value", () => {
  const form = element.querySelector("form");
  if (!form) return;
  if (open) element.querySelector("details").open = true;
  element.querySelector(".ticks ul").scrollTop = top;
  if (!sent) return;
  for (const [name, value] of Object.entries(typed)) form.elements[name].value = value;
  for (const { articles, on } of waiting) {
    for (const box of element.querySelectorAll(".ticks input")) {
      if (!articles.length || articles.includes(box.value)) box.checked = on;
    }
  }
  element.querySelector(pressed)?.focus();
  next();
});
