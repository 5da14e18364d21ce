// A form marked data-autosave saves itself while somebody writes; without this file it works by its buttons alone.
// What has not reached the portal is kept in this browser, for its owner only, until it has, or until they sign out.

const SHELF = "tsc-draft:";
const PAUSE = 2500; // after the last key
const LONGEST = 10000; // of writing without a save
// Hidden fields are the portal's, not the writer's: the version, the key of the form, references of rows.

const form = document.querySelector("form[data-autosave]");
const forget = document.querySelector("[data-autosave-forget]");

function forgetAll(spare = "") {
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith(SHELF) && !(spare && key.startsWith(spare))) localStorage.removeItem(key);
    }
  } catch { /* a browser that keeps nothing has nothing to forget */ }
}

if (forget) forget.addEventListener("submit", () => forgetAll());
if (form) begin(form);

function begin(form) {
  const part = (name) => document.querySelector(`[data-autosave-${name}]`);
  const mine = `${SHELF}${form.dataset.autosaveOwner}:`;
  const shelf = () => mine + location.pathname + location.search;
  const version = form.elements.namedItem(form.dataset.autosaveVersion || "version");
  const comparing = form.dataset.autosave === "compare"; // both texts are shown: only a person decides which stays
  let saved = form.dataset.autosave === "unsaved" ? "" : words();
  let timer = 0, since = 0, running = null, leaving = false;

  forgetAll(mine);
  putBack();
  if (comparing) keep();
  if (saved === "") written();

  form.addEventListener("input", written);
  form.addEventListener("change", written);
  form.addEventListener("submit", submitted);
  window.addEventListener("online", () => save());
  window.addEventListener("offline", () => show("offline", true));
  window.addEventListener("pagehide", () => save({ last: true }));
  document.addEventListener("visibilitychange", () => document.hidden && save({ last: true }));
  window.addEventListener("pageshow", (event) => event.persisted && location.reload());

  // What is typed, as one text ---------------------------------------------

  function answers() {
    const found = [];
    for (const [name, value] of new FormData(form)) {
      if (!hidden(name) && typeof value === "string") found.push([name, value.replace(/\r\n?/g, "\n")]);
    }
    return found;
  }

  function hidden(name) {
    return form.elements.namedItem(name).type === "hidden";
  }

  function words() {
    return JSON.stringify(answers());
  }

  function written() {
    keep();
    since = since || Date.now();
    clearTimeout(timer);
    timer = setTimeout(save, Date.now() - since > LONGEST ? 0 : PAUSE);
  }

  // Saving -----------------------------------------------------------------

  async function save({ last = false } = {}) {
    clearTimeout(timer);
    if (leaving || comparing || words() === saved || (running && !last)) return;
    since = 0;
    const sent = words();
    running = send(last);
    const answer = await running;
    running = null;
    if (answer && !leaving) heard(answer, sent);
    if (words() !== sent && !leaving) timer = setTimeout(save, PAUSE);
  }

  async function send(last) {
    try {
      const answer = await fetch(form.action || location.href, {
        method: "POST", body: new FormData(form), credentials: "same-origin", keepalive: last, redirect: "manual",
        headers: { "X-Autosave": "1", Accept: "application/json" },
      });
      if (answer.type === "opaqueredirect") return { status: 401 };
      const kind = answer.headers.get("Content-Type") || "";
      return { status: answer.status, ...(kind.includes("json") ? await answer.json() : {}) };
    } catch {
      show("offline", true);
      timer = setTimeout(save, 2 * LONGEST);
      return null;
    }
  }

  function heard(answer, sent) {
    show("offline", answer.status >= 500 || answer.status === 429);
    show("signedout", answer.status === 401 || answer.status === 403);
    if (answer.status === 409) return bothTexts();
    if (answer.refused) return say(answer.refused);
    if (answer.status !== 200 || !answer.version) return undefined;
    saved = sent;
    const before = shelf();
    version.value = answer.version;
    for (const [name, value] of Object.entries(answer.fields || {})) form.elements.namedItem(name).value = value;
    form.action = answer.url;
    history.replaceState(null, "", answer.url);
    drop(before);
    if (words() !== sent) keep();
    say(answer.saved);
    if (answer.earlier) hint(answer.earlier);
    return undefined;
  }

  // Somebody else saved first: the page with both texts is the answer to the form itself.
  function bothTexts() {
    leaving = true;
    keep({ submitted: true });
    form.submit();
  }

  async function submitted(event) {
    if (!running) {
      leaving = true;
      keep({ submitted: true });
      return;
    }
    event.preventDefault(); // one save at a time, or the second would meet the first as somebody else's
    const button = event.submitter;
    await running;
    await Promise.resolve();
    setTimeout(() => form.requestSubmit(button), 0);
  }

  // Keeping in this browser ------------------------------------------------

  function keep(more = {}) {
    const text = words();
    if (text === saved && !more.submitted && !comparing) return drop(shelf());
    try {
      const base = comparing ? "" : version.value;
      localStorage.setItem(shelf(), JSON.stringify({ text, version: base, ...more }));
    } catch { /* full, or not allowed: the portal still has what was saved */ }
    return undefined;
  }

  function kept() {
    try {
      return JSON.parse(localStorage.getItem(shelf()) || "null");
    } catch {
      return null;
    }
  }

  function drop(key) {
    try {
      localStorage.removeItem(key);
    } catch { /* as above */ }
  }

  function putBack() {
    const found = kept();
    if (!found) return;
    const sameVersion = found.version === version.value;
    if (found.text === saved || (found.submitted && !sameVersion)) return void drop(shelf());
    if (sameVersion) {
      fill(found.text);
      show("restored", true);
      timer = setTimeout(save, PAUSE);
      return;
    }
    show("kept", true);
    part("take").addEventListener("click", () => { fill(found.text); show("kept", false); written(); });
    part("drop").addEventListener("click", () => { drop(shelf()); show("kept", false); });
  }

  function fill(text) {
    const values = new Map();
    for (const [name, value] of JSON.parse(text)) values.set(name, [...(values.get(name) || []), value]);
    for (const field of form.elements) {
      if (!field.name || ["hidden", "submit", "file"].includes(field.type)) continue;
      const wanted = values.get(field.name) || [];
      if (field.type === "checkbox" || field.type === "radio") field.checked = wanted.includes(field.value);
      else if (field.multiple) for (const option of field.options) option.selected = wanted.includes(option.value);
      else field.value = wanted[0] || "";
    }
  }

  // Saying so --------------------------------------------------------------

  function say(sentence) {
    const line = part("status");
    const text = line && line.querySelector("span");
    if (text && sentence) text.textContent = sentence;
  }

  function show(name, visible) {
    const place = part(name);
    if (place) place.hidden = !visible;
  }

  function hint(earlier) {
    const old = form.querySelector("[data-autosave-hint]");
    if (old) old.remove();
    const template = part("earlier");
    if (!earlier.length || !template) return;
    const box = template.content.firstElementChild.cloneNode(true);
    box.dataset.autosaveHint = "";
    const list = document.createElement("ul");
    box.firstElementChild.after(list);
    for (const one of earlier) {
      const row = document.createElement("li"), link = document.createElement("a"), title = document.createElement("bdi");
      link.href = one.url;
      title.textContent = one.title;
      link.append(one.reference, " ", title);
      row.append(link, " · ", one.status);
      list.append(row);
    }
    part("status").before(box);
  }
}
