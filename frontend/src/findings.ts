// The findings' page by keys, while a finding has the focus: J and K move between findings, A and R open the reasons of accepting and rejecting.

const findings = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>("[data-finding]")];

function here(): number {
  return findings().findIndex((each) => each.contains(document.activeElement));
}

function go(step: number): void {
  const all = findings();
  const at = here();
  const next = Math.min(all.length - 1, Math.max(0, at + step));
  all[next]?.focus();
  all[next]?.scrollIntoView({ block: "start" });
}

function ask(judgement: string): void {
  const finding = findings()[here()];
  const menu = finding?.querySelector<HTMLDetailsElement>(`[data-judge="${judgement}"]`);
  if (!menu) return;
  for (const other of document.querySelectorAll<HTMLDetailsElement>("[data-judge][open]")) other.open = false;
  menu.open = true;
  menu.querySelector<HTMLButtonElement>("button")?.focus();
}

const KEYS: Record<string, () => void> = {
  j: () => go(1),
  k: () => go(-1),
  a: () => ask("accepted"),
  r: () => ask("rejected"),
};

document.addEventListener("keydown", (event) => {
  const target = event.target as HTMLElement;
  if (event.ctrlKey || event.metaKey || event.altKey || target.matches("input, textarea, select")) return;
  const act = KEYS[event.key.toLowerCase()];
  if (!act || here() < 0) return; // only where a finding has the focus: a letter alone must not act anywhere else
  event.preventDefault();
  act();
});

// After a judgement the address names the next finding: the keyboard goes on there.
const named = location.hash ? document.getElementById(location.hash.slice(1)) : null;
if (named?.matches("[data-finding]")) named.focus({ preventScroll: true });
