// Typing that has not reached the server as a draft yet must not be lost by leaving the page.

/** Warns on leaving while a drafted form holds typing that is neither saved nor kept as a draft. */
export function warnOfUnsavedTyping(): void {
  const unkept = new Set<HTMLFormElement>();
  const keeper = (form: Element | null): Element | null => form?.querySelector("[data-draft]") ?? null;

  document.addEventListener("input", (event) => {
    const form = (event.target as Element).closest("form");
    if (form && keeper(form)) unkept.add(form);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const place = event.target as Element;
    const form = place.closest("form");
    const well = (event as CustomEvent<{ successful: boolean }>).detail.successful;
    if (!form || !place.matches("[data-draft]")) return;
    if (well) unkept.delete(form);
    else place.textContent = place.getAttribute("data-failed");
  });
  document.addEventListener("submit", (event) => unkept.delete(event.target as HTMLFormElement), true);
  window.addEventListener("beforeunload", (event) => {
    for (const form of unkept) if (!form.isConnected) unkept.delete(form);
    if (unkept.size > 0) event.preventDefault();
  });
}
