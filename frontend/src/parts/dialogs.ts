// Native dialogs, opened and closed by buttons that name them: <button data-opens="id">, <button data-closes>.

/** Lets buttons open and close native dialogs. */
export function openDialogs(): void {
  document.addEventListener("click", (event) => {
    const target = event.target as Element;
    const opener = target.closest<HTMLElement>("[data-opens]");
    if (opener) {
      const dialog = document.getElementById(opener.dataset["opens"] ?? "");
      if (dialog instanceof HTMLDialogElement) {
        event.preventDefault();
        dialog.showModal();
      }
    }
    if (target.closest("[data-closes]")) target.closest("dialog")?.close();
    if (target instanceof HTMLDialogElement && target.matches("dialog")) target.close(); // the backdrop
  });
}
