// While a part of a draft is open and looked at, its page says so every half minute and hears who else is there.
// Without this file the page says who saved last, which is all that it knows then.

const EVERY = 30000;

const here = document.querySelector("[data-presence]");
if (here) begin(here);

function begin(here) {
  let timer = 0;

  document.addEventListener("visibilitychange", () => (document.hidden ? stop() : ping()));
  window.addEventListener("pagehide", leave);
  window.addEventListener("pageshow", (event) => event.persisted && ping());
  if (!document.hidden) ping();

  function said(more = {}) {
    const body = new FormData();
    body.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
    body.set("activity", here.dataset.presenceActivity);
    for (const [name, value] of Object.entries(more)) body.set(name, value);
    return { method: "POST", body, credentials: "same-origin", redirect: "manual" };
  }

  async function ping() {
    stop();
    timer = setTimeout(ping, EVERY);
    try {
      const answer = await fetch(here.dataset.presence, said());
      if (answer.status === 200) tell(await answer.text());
    } catch { /* no line now: the next ping tries again */ }
  }

  // Only what is new is written: a screen reader says it once, not every half minute.
  function tell(words) {
    const fresh = document.createElement("template");
    fresh.innerHTML = words;
    if (plain(fresh.content) !== plain(here)) here.replaceChildren(fresh.content);
  }

  function plain(node) {
    return node.textContent.replace(/\s+/g, " ").trim();
  }

  function stop() {
    clearTimeout(timer);
  }

  function leave() {
    stop();
    fetch(here.dataset.presence, { ...said({ leave: "1" }), keepalive: true }).catch(() => {});
  }
}
