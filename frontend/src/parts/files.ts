// A drop zone is a label around a file input: dropping fills the input, and the chosen names are shown.

/** Lets files be dropped on `.drop-zone`. */
export function dropFiles(): void {
  const zoneOf = (event: Event): HTMLElement | null => (event.target as Element).closest?.<HTMLElement>(".drop-zone") ?? null;
  document.addEventListener("dragover", (event) => {
    const zone = zoneOf(event);
    if (!zone) return;
    event.preventDefault();
    zone.classList.add("is-over");
  });
  document.addEventListener("dragleave", (event) => zoneOf(event)?.classList.remove("is-over"));
  document.addEventListener("drop", (event) => {
    const zone = zoneOf(event);
    const input = zone?.querySelector<HTMLInputElement>("input[type=file]");
    if (!zone || !input || !event.dataTransfer) return;
    event.preventDefault();
    zone.classList.remove("is-over");
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
  document.addEventListener("change", (event) => {
    const input = event.target as HTMLInputElement;
    const said = zoneOf(event)?.querySelector("[data-chosen]");
    if (said && input.type === "file") said.textContent = Array.from(input.files ?? [], (file) => file.name).join(", ");
  });
}
