// The view that checks a text: send it, stop, go to what the articles say of a claim, copy and save.
// Gradio runs this once, with `element` (the view), `trigger` (calls the server) and `watch`.

// Said once, at the end: a region that is drawn anew would be read out anew, or not at all.
const said = document.createElement("p");
said.className = "unseen";
said.setAttribute("role", "status");
document.body.append(said);

let focused = 0; // the claim that has the focus, which drawing takes away
let told = "0"; // number of the check whose end was announced last

function view() {
  return element.querySelector(".checking");
}

function claim(number) {
  return element.querySelector(`.claim[data-claim="${number}"]`);
}

function choose(number) {
  for (const other of element.querySelectorAll(".claim[aria-current]")) other.removeAttribute("aria-current");
  claim(number)?.setAttribute("aria-current", "true");
  trigger("select", { number: Number(number) });
}

element.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  const text = form.elements.text.value;
  const refused = form.querySelector(".refused");
  const found = [...text].length;
  refused.hidden = found <= Number(form.dataset.most);
  refused.textContent = refused.hidden ? "" : form.dataset.long.replace("{found}", found).replace("{most}", form.dataset.most);
  if (!text.trim() || !refused.hidden || form.classList.contains("sent")) return;
  form.classList.add("sent");
  said.textContent = "";
  trigger("submit", { text });
});

element.addEventListener("click", (event) => {
  const pointed = event.target.closest("[data-claim]");
  // Who selects words of the text wants to copy them.
  if (pointed && getSelection().isCollapsed) return choose(pointed.dataset.claim);
  const copied = event.target.closest("[data-copy]");
  if (copied) return trigger("download", { kind: copied.dataset.copy, clip: true });
  const saved = event.target.closest("[data-save]");
  if (saved) return trigger("download", { kind: saved.dataset.save });
  const act = event.target.closest("[data-do]")?.dataset.do;
  if (act === "stop") trigger("stop");
  if (act !== "edit") return;
  const form = element.querySelector(".to-check");
  form.hidden = false;
  element.querySelector(".results").hidden = true;
  document.dispatchEvent(new CustomEvent("citewell:unclaim"));
  form.elements.text.focus();
});

element.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.form) return event.target.form.requestSubmit();
  const pointed = event.target.closest(".claim");
  if (!pointed || (event.key !== "Enter" && event.key !== " ")) return;
  event.preventDefault();
  choose(pointed.dataset.claim);
});

element.addEventListener("focusin", (event) => (focused = event.target.closest(".claim")?.dataset.claim ?? 0));

// A mark in the article leads back to the claim that cites it.
document.addEventListener("citewell:back", (event) => {
  const { turn, number } = event.detail;
  if (turn !== "-3" || !claim(number)) return;
  document.dispatchEvent(new CustomEvent("citewell:view", { detail: "check" }));
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  claim(number).scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
  claim(number).focus({ preventScroll: true });
  choose(number);
});

document.addEventListener("citewell:view", (event) => {
  if (event.detail === "check" && matchMedia("(pointer: fine)").matches) element.querySelector(".to-check:not([hidden]) textarea")?.focus();
});

document.addEventListener("citewell:copied", () => {
  said.textContent = view()?.dataset.copied ?? "";
});

watch("value", () => {
  if (!view()) return;
  if (focused && document.activeElement === document.body) claim(focused)?.focus({ preventScroll: true });
  const { check, told: words } = view().dataset;
  if (!words || check === told) return;
  told = check;
  said.textContent = words;
});
