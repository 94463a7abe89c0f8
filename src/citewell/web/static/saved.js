// A saved conversation comes as text and leaves as a file; the server keeps none.
// Gradio runs this once, with `element` and `watch` (calls back when the server sends something else).

watch("value", () => {
  const text = element.querySelector("pre");
  if (!text) return;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text.textContent], { type: "application/octet-stream" }));
  link.download = text.dataset.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
});
