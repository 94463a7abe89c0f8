// What is saved comes as text and leaves as a file, or is copied; the server keeps none.
// Gradio runs this once, with `element` and `watch` (calls back when the server sends something else).

// Markup is copied as what it looks like, and as itself where a program takes only plain text.
async function copy(text, name) {
  const kinds = name.endsWith(".html") ? ["text/plain", "text/html"] : ["text/plain"];
  try {
    const parts = Object.fromEntries(kinds.map((kind) => [kind, new Blob([text], { type: kind })]));
    await navigator.clipboard.write([new ClipboardItem(parts)]);
  } catch {
    // A page that is not served over https has no clipboard but this.
    const box = document.createElement("textarea");
    box.value = text;
    document.body.append(box);
    box.select();
    document.execCommand("copy");
    box.remove();
  }
  document.dispatchEvent(new CustomEvent("citewell:copied"));
}

watch("value", () => {
  const text = element.querySelector("pre");
  if (!text) return;
  if ("copy" in text.dataset) return copy(text.textContent, text.dataset.name);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text.textContent], { type: "application/octet-stream" }));
  link.download = text.dataset.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
});
