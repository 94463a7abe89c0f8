// An article of one's own: pasted text and files are sent the same way, as files.
// Gradio runs this once, with `element` and `trigger` (calls the server).

const form = element.querySelector(".adding");
const text = element.querySelector("#add-text");
const files = element.querySelector("#add-files");
const url = element.querySelector("#add-url");
const told = element.querySelector(".told");
const drop = element.querySelector(".drop");

function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (_, key) => values[key]);
}

function tell(sentence, isProblem) {
  told.textContent = sentence;
  told.hidden = !sentence;
  told.classList.toggle("problem", Boolean(isProblem));
}

function megabytes(bytes) {
  return (bytes / 1e6).toFixed(1);
}

// The server tells the page its key once the page is loaded; who is quicker than that waits.
async function key() {
  for (let tries = 0; tries < 150; tries += 1) {
    const found = document.querySelector("#key [data-visit]")?.dataset.visit;
    if (found) return found;
    await new Promise((done) => setTimeout(done, 100));
  }
  return "";
}

// The server keeps the file for this page alone, and names it by a token that only this page is told.
async function posted(file, visit) {
  const name = [...file.name].slice(-120).join("");
  const response = await fetch("upload", {
    method: "POST",
    headers: {
      "Content-Type": "application/octet-stream",
      "X-Visit": visit ?? (await key()),
      "X-Name": encodeURIComponent(name.toWellFormed?.() ?? name),
    },
    body: file,
  });
  return { taken: response.ok, said: (await response.text()).trim() };
}

async function send(chosen) {
  const most = Number(form.dataset.bytes);
  const tokens = [];
  for (const file of chosen) {
    const values = { name: file.name, found: megabytes(file.size), limit: megabytes(most) };
    if (file.size > most) return tell(fill(form.dataset.large, values), true);
    tell(fill(form.dataset.sending, values));
    try {
      const { taken, said } = await posted(file);
      if (!taken) return tell(`${file.name}: ${said}`, true);
      tokens.push(said);
    } catch {
      return tell(fill(form.dataset.failed, values), true);
    }
  }
  tell("");
  document.dispatchEvent(new CustomEvent("citewell:brought", { detail: { files: [...chosen], urls: [] } }));
  trigger("upload", { tokens });
}

function read(chosen) {
  const pasted = text.value.trim();
  if (pasted) {
    // Named after its first words, so that a list of files can tell it from another.
    const name = pasted.slice(0, 40).replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-+|-+$/g, "") || "text";
    return send([new File([text.value], `${name}.txt`, { type: "text/plain" })]);
  }
  if (chosen.length) return send(chosen);
  if (url?.value.trim()) {
    const address = url.value.trim();
    document.dispatchEvent(new CustomEvent("citewell:brought", { detail: { files: [], urls: [address] } }));
    return trigger("upload", { url: address });
  }
  return tell(form.dataset.nothing, true);
}

// A browser that kept an article sends it again.
document.addEventListener("citewell:post", (event) => {
  const { file, key: visit, done } = event.detail;
  posted(file, visit).then(done, (problem) => done({ taken: false, said: String(problem) }));
});

if (form) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    read([...files.files]);
  });
  files.addEventListener("change", () => files.files.length && send([...files.files]));
  for (const name of ["dragover", "dragleave", "drop"]) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.toggle("over", name === "dragover");
      if (name === "drop") send([...event.dataTransfer.files]);
    });
  }
  element.querySelector(".close").addEventListener("click", () => document.dispatchEvent(new CustomEvent("citewell:added")));
  document.addEventListener("citewell:add", (event) => {
    form.hidden = !event.detail;
    if (event.detail) text.focus();
  });
  document.addEventListener("citewell:read", () => {
    form.reset();
    tell("");
  });
}
