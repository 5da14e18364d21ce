// What somebody writes in a longer form is kept in this browser, for its owner only, until it has been sent or until they
// sign out (autosave.js forgets it then). Forms that save themselves look after their own text.

const { owner, offline, kept, back, forget } = document.currentScript.dataset;
const SHELF = `tsc-draft:${owner}:form:`;
const arrived = performance.getEntriesByType("navigation")[0]?.type;
const refused = document.querySelector("[aria-invalid=true]");

document.querySelectorAll("main form[method=post]:not([data-autosave])").forEach((form, number) => {
  if (form.querySelector("textarea") && !form.querySelector("[type=password]")) watch(form, number);
});

function watch(form, number) {
  const shelf = `${SHELF}${location.pathname}#${number}`;
  const fields = () => [...form.elements].filter((field) => field.name && "value" in field && writes(field));
  const begun = words();
  let timer = 0;

  const found = read();
  // Sent, and the portal answered with a page: it has arrived. After "back" or "reload" nobody knows, so it is offered.
  if (found?.sent && arrived === "navigate" && !refused) store(null);
  else if (found && found.text !== begun) offer(found.text);

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(keep, 800);
  });
  window.addEventListener("pagehide", () => timer && keep());
  window.addEventListener("offline", () => words() !== begun && say());
  form.addEventListener("submit", (event) => {
    keep({ sent: navigator.onLine });
    if (navigator.onLine) return;
    event.preventDefault();
    say();
  });

  function writes(field) {
    return field.tagName === "TEXTAREA" || ["text", "search", "url", "number", "date"].includes(field.type);
  }

  function words() {
    return JSON.stringify(fields().map((field) => [field.name, field.value]));
  }

  function keep(more = {}) {
    clearTimeout(timer);
    timer = 0;
    const text = words();
    store(text === begun && !more.sent ? null : { text, ...more });
  }

  function read() {
    try {
      return JSON.parse(localStorage.getItem(shelf) || "null");
    } catch {
      return null;
    }
  }

  function store(value) {
    try {
      if (value) localStorage.setItem(shelf, JSON.stringify(value));
      else localStorage.removeItem(shelf);
    } catch { /* full, or not allowed: then only the page itself holds the text */ }
  }

  function say() {
    notice(offline);
  }

  function offer(text) {
    const box = notice(kept);
    for (const [label, act] of [[back, () => fill(text)], [forget, () => store(null)]]) {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: label });
      button.className = "button button--second button--small";
      button.addEventListener("click", () => { act(); box.remove(); });
      box.append(button, " ");
    }
  }

  function fill(text) {
    const values = JSON.parse(text);
    fields().forEach((field, place) => {
      if (values[place]?.[0] === field.name) field.value = values[place][1];
    });
  }

  function notice(sentence) {
    form.querySelector("[data-keep]")?.remove();
    const box = document.createElement("div"), line = document.createElement("p");
    box.className = "notice";
    box.dataset.keep = "";
    box.setAttribute("role", "status");
    line.textContent = sentence;
    box.append(line);
    form.prepend(box);
    return box;
  }
}
