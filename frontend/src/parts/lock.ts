// The screen's lock. The server locks; this only warns before, says that someone is there, and notices that it happened.
// <body data-idle-seconds data-lock-warning data-lock-state data-lock-awake>; runs where data-idle-seconds is set.

const CHECK_EVERY_MS = 15_000;
const WARN_BELOW_S = 60;
const SAY_AT_MOST_EVERY_MS = 60_000;

interface State {
  locked: boolean;
  seconds_left: number;
}

export function watchTheLock(): void {
  const told = document.body.dataset;
  const state = told["lockState"];
  const awake = told["lockAwake"];
  if (document.body.classList.contains("entrance")) return; // the lock's own page, among others
  if (!told["idleSeconds"] || !state || !awake) return;
  let lastInput = 0;
  let lastSaid = Date.now();

  const someoneIsThere = (): void => {
    lastInput = Date.now();
    if (lastInput - lastSaid > SAY_AT_MOST_EVERY_MS) void sayAwake();
  };

  const sayAwake = async (): Promise<void> => {
    lastSaid = Date.now();
    const answer = await fetch(awake, { method: "POST", headers: { "X-CSRFToken": csrfToken() } }).catch(() => null);
    if (answer?.status === 423) show();
    else if (answer?.ok) hideWarning();
  };

  const check = async (): Promise<void> => {
    const answer = await fetch(state, { headers: { Accept: "application/json", "Poise-Quiet": "1" } }).catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    const now = (await answer.json()) as State;
    if (now.locked || now.seconds_left <= 0) return show();
    if (now.seconds_left > WARN_BELOW_S) return hideWarning();
    if (lastInput > lastSaid) await sayAwake();
    else warn(now.seconds_left);
  };

  const warn = (seconds: number): void => {
    const words = (told["lockWarning"] ?? "").replace("%s", String(seconds));
    const place = document.getElementById("announcer");
    if (place) {
      place.dataset["lock"] = "warns";
      place.textContent = words;
    }
  };

  const hideWarning = (): void => {
    const place = document.getElementById("announcer");
    if (place?.dataset["lock"]) {
      delete place.dataset["lock"];
      place.textContent = "";
    }
  };

  // A GET of this page answers with the lock's page, which comes back here; typed words are in the drafts.
  const show = (): void => window.location.reload();

  for (const kind of ["keydown", "pointerdown", "touchstart", "wheel"]) {
    document.addEventListener(kind, someoneIsThere, { passive: true, capture: true });
  }
  document.body.addEventListener("poise:locked", show);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) void check();
  });
  window.setInterval(() => void check(), CHECK_EVERY_MS);
}

function csrfToken(): string {
  const headers = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}") as Record<string, string>;
  return headers["X-CSRFToken"] ?? "";
}
