// A hidden part in which the server tells the page's scripts something: the page's key, what the browser may keep.
// Gradio runs this once, with `watch` (calls back when the server sends something else).

watch("value", () => document.dispatchEvent(new CustomEvent("citewell:told")));
