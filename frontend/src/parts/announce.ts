// What htmx cannot load is said aloud and shown, in the page's own words.

/** Says failures of htmx's requests in the page's live region. */
export function announceHtmx(): void {
  const say = (words: string | undefined): void => {
    const place = document.getElementById("announcer");
    if (place && words) place.textContent = words;
  };
  const words = document.body.dataset;
  document.addEventListener("htmx:sendError", () => say(words["offline"]));
  document.addEventListener("htmx:responseError", (event) => {
    const status = (event as CustomEvent<{ xhr: XMLHttpRequest }>).detail.xhr.status;
    if (status === 423 || status === 401) window.location.reload(); // locked: the page shows the lock, drafts are kept
    else say(words["refused"]);
  });
}
