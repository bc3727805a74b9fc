// After a form was refused, the summary of what is wrong has the focus, so that it is read first.

/** Focuses the summary of errors, and the fields that its links name. */
export function pointAtErrors(): void {
  document.getElementById("error-summary")?.focus();
  document.addEventListener("click", (event) => {
    const link = (event.target as Element).closest<HTMLAnchorElement>(".error-summary a");
    const field = link ? document.getElementById(link.hash.slice(1)) : null;
    if (!field) return;
    event.preventDefault();
    const control = field.matches("input, select, textarea") ? field : field.querySelector<HTMLElement>("input, select, textarea");
    control?.focus();
    field.scrollIntoView({ block: "center" });
  });
}
