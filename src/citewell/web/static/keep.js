// What survives: a new load of the page, for as long as the server remembers; a restart of the server, where the
// visitor agreed that this browser keeps the conversation.
// Gradio runs this once, with `element` (the line that asks) and `trigger` (calls the server).

const DAYS = 30;
const line = element.querySelector(".keeping");
const store = { key: "citewell:key", typed: "citewell:typed", asked: "citewell:asked", agreed: "citewell:keep" };
const box = () => document.querySelector("#box textarea");
const shown = () => document.querySelector("#key [data-visit]")?.dataset ?? {};
const showsSomething = () => Boolean(document.querySelector(".turn"));
const agreed = () => localStorage.getItem(store.agreed);

let record = { files: [], urls: [], without: [], talk: "", chosen: "" }; // what would be brought back
let bringing = { files: [], urls: [] }; // what the server is reading

// One record in the browser's database; a browser without one keeps nothing.
function database() {
  return new Promise((done, failed) => {
    const asked = indexedDB.open("citewell", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("kept");
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
}

async function inStore(mode, work) {
  try {
    const opened = await database();
    return await new Promise((done, failed) => {
      const change = opened.transaction("kept", mode);
      const asked = work(change.objectStore("kept"));
      change.oncomplete = () => done(asked.result);
      change.onerror = change.onabort = () => failed(change.error);
    }).finally(() => opened.close());
  } catch (problem) {
    console.warn("citewell: the browser keeps nothing", problem);
    return undefined;
  }
}

const save = () => agreed() === "yes" && inStore("readwrite", (kept) => kept.put({ ...record, at: Date.now() }, "one"));
const forget = () => inStore("readwrite", (kept) => kept.delete("one"));

async function load() {
  if (agreed() !== "yes") return null;
  const kept = await inStore("readonly", (all) => all.get("one"));
  if (!kept) return null;
  if (Date.now() - kept.at < DAYS * 24 * 3600 * 1000) return kept;
  await forget();
  return null;
}

function tell(sentence) {
  const news = line.querySelector(".news");
  news.textContent = sentence;
  news.hidden = !sentence;
}

function draw() {
  const holds = showsSomething() || record.files.length + record.urls.length > 0;
  line.querySelector(".asks").hidden = Boolean(agreed()) || !holds;
  line.querySelector(".kept").hidden = agreed() !== "yes";
  line.querySelector(".unkept").hidden = agreed() !== "no";
}

function own(key) {
  sessionStorage.setItem(store.key, key);
  record.key = key;
  save();
}

let brought = ""; // what is said once it is back
// The server has forgotten the page. What the browser keeps is sent as new uploads.
async function recover() {
  const { fresh, visit } = shown();
  put(sessionStorage.getItem(store.asked)); // what was being answered
  const kept = await load();
  if (!kept?.talk && !kept?.files.length && !kept?.urls.length) {
    if (showsSomething()) tell(line.dataset.lost);
    else own(visit);
    return;
  }
  record = { ...record, ...kept };
  const tokens = [];
  let problem = "";
  for (const file of kept.files) {
    const sent = await new Promise((done) => {
      document.dispatchEvent(new CustomEvent("citewell:post", { detail: { file, key: fresh, done } }));
    });
    if (sent.taken) tokens.push(sent.said);
    else problem = line.dataset.partly.replace("{name}", file.name).replace("{reason}", sent.said);
  }
  brought = problem || line.dataset.back;
  trigger("upload", { tokens, urls: kept.urls, without: kept.without, talk: kept.talk, chosen: kept.chosen });
}

let begun = false;
let before = ""; // what was told last
async function onKey() {
  const { visit, fresh, state } = shown();
  if (!visit || before === `${visit} ${fresh} ${state}`) return;
  before = `${visit} ${fresh} ${state}`;
  putTyped();
  if (state === "lost") return recover();
  if (state === "back") {
    tell(brought);
    brought = "";
    return own(visit);
  }
  if (begun) return;
  begun = true;
  const kept = await load();
  if (kept) record = { ...record, ...kept };
  if (agreed() === "yes") trigger("download", { yes: true });
  const earlier = sessionStorage.getItem(store.key) ?? kept?.key;
  if (earlier && earlier !== visit) trigger("submit", { key: earlier, here: false });
  else own(visit);
}

function onMemo() {
  const told = document.querySelector("#memo [data-key]");
  if (!told) return;
  record = { ...record, key: told.dataset.key, chosen: told.dataset.chosen, talk: told.textContent };
  save();
}

document.addEventListener("citewell:told", () => {
  onKey();
  onMemo();
});
document.addEventListener("citewell:talked", draw);

element.addEventListener("click", (event) => {
  const said = event.target.closest("[data-keep]")?.dataset.keep;
  if (!said) return;
  localStorage.setItem(store.agreed, said);
  if (said === "yes") {
    save();
  } else {
    forget();
    localStorage.removeItem(store.typed);
  }
  trigger("download", { yes: said === "yes" });
  draw();
  box()?.focus();
});

// Articles of one's own, once the server has read them.
document.addEventListener("citewell:brought", (event) => {
  bringing = event.detail;
});
document.addEventListener("citewell:read", () => {
  record.files = [...record.files, ...bringing.files];
  record.urls = [...record.urls, ...bringing.urls];
  bringing = { files: [], urls: [] };
  const read = JSON.parse(document.querySelector("#status .ready")?.dataset.ids ?? "[]");
  record.without = record.without.filter((id) => !read.includes(id)); // removed, and brought again
  save();
  draw();
});
document.addEventListener("citewell:removed", (event) => {
  record.without = [...record.without, event.detail];
  save();
});

// The typed question.
function keepTyped() {
  const typed = box()?.value ?? "";
  sessionStorage.setItem(store.typed, typed);
  if (agreed() === "yes") localStorage.setItem(store.typed, typed);
  sessionStorage.setItem(store.asked, document.querySelector(".pending .question")?.textContent ?? "");
}
document.addEventListener("input", (event) => event.target === box() && keepTyped());
addEventListener("pagehide", keepTyped);

function put(typed) {
  if (!typed || !box() || box().value) return;
  box().value = typed;
  box().dispatchEvent(new Event("input", { bubbles: true }));
}
let isTypedBack = false;
function putTyped() {
  if (isTypedBack) return;
  isTypedBack = true;
  put(sessionStorage.getItem(store.typed) ?? (agreed() === "yes" ? localStorage.getItem(store.typed) : ""));
}

// A computer that slept may find that the server has forgotten the page meanwhile, or is another one.
const SLEPT_MS = 60_000;
let left = Date.now();
function look() {
  const { visit, state } = shown();
  if (begun && visit && state !== "lost") trigger("submit", { key: visit, here: true });
}
addEventListener("online", look);
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") left = Date.now();
  else if (Date.now() - left > SLEPT_MS) look();
});

// A server of another version knows none of this page's events, and says so (422).
function onRefused() {
  const last = Number(sessionStorage.getItem("citewell:reloaded") ?? 0);
  if (agreed() !== "yes" || Date.now() - last < SLEPT_MS) return tell(line.dataset.lost);
  sessionStorage.setItem("citewell:reloaded", Date.now());
  return location.reload();
}

// A server that stops ends its stream of answers like one that has said everything, and Gradio would wait for ever.
function endingAloud(response) {
  const decoder = new TextDecoder();
  let tail = "";
  const passing = new TransformStream({
    transform(chunk, out) {
      tail = (tail + decoder.decode(chunk, { stream: true })).slice(-500);
      out.enqueue(chunk);
    },
    flush(out) {
      if (!tail.includes("close_stream")) out.error(new Error("the server ended in the middle of an answer"));
    },
  });
  return new Response(response.body.pipeThrough(passing), { status: response.status, headers: response.headers });
}

const askServer = window.fetch;
window.fetch = async (...given) => {
  const response = await askServer(...given);
  const url = String(given[0]?.url ?? given[0]);
  if (response.status === 422 && url.includes("/queue/join")) onRefused();
  return url.includes("/queue/data") && response.ok && response.body ? endingAloud(response) : response;
};

draw();
onKey();
