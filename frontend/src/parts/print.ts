// A page that is printed leaves the clinic: the server writes it down, as it writes down that it was opened.

/** Tells the server of every print of this page, once a print. */
export function tellOfPrints(): void {
  window.addEventListener("beforeprint", () => {
    const headers = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}") as Record<string, string>;
    const body = new URLSearchParams({ path: window.location.pathname });
    void fetch("/printed", { method: "POST", body, headers, keepalive: true, credentials: "same-origin" });
  });
}
