// Uploads: large files in parts, several at once, to be gone on with after a break. Without this script the form sends them plainly.
import { ask, Refused, Sending, type Arrived, type Open } from "./upload/sending";

const AT_ONCE = 2;

function line(form: HTMLFormElement, name: string): { item: HTMLLIElement; say: (words: string, share?: number) => void; buttons: HTMLElement } {
  const item = document.createElement("li");
  item.className = "upload-item";
  const title = document.createElement("strong");
  title.textContent = name;
  const bar = document.createElement("progress");
  bar.max = 100;
  bar.value = 0;
  bar.setAttribute("aria-label", name);
  const words = document.createElement("span");
  words.className = "upload-words";
  const buttons = document.createElement("span");
  buttons.className = "actions";
  item.append(title, bar, words, buttons);
  form.querySelector("[data-list]")?.append(item);
  const say = (text: string, share?: number): void => {
    words.textContent = text;
    if (share === undefined) bar.remove();
    else bar.value = 100 * share;
  };
  return { item, say, buttons };
}

function button(words: string, act: () => void): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button small";
  made.textContent = words;
  made.addEventListener("click", act);
  return made;
}

function facts(form: HTMLFormElement): FormData {
  const all = new FormData(form);
  all.delete("file");
  all.delete("csrfmiddlewaretoken");
  return all;
}

async function start(form: HTMLFormElement, file: File, open: Open | undefined): Promise<void> {
  const words = form.dataset;
  const { item, say, buttons } = line(form, file.name);
  const shown: Record<string, string | undefined> = { sending: words["wordSending"], paused: words["wordPaused"], checking: words["wordChecking"], waiting: words["wordWaiting"], comparing: words["wordComparing"] };
  const kept = facts(form); // as it was when it was sent: what is changed afterwards is for the next file
  const sending = new Sending(file, words["uploads"] ?? "", () => kept, (state, share) => say(`${shown[state] ?? ""} ${megabytes(share * file.size)} ${words["wordOf"] ?? ""} ${megabytes(file.size)}`, share));
  item.classList.add("on-its-way");
  let paused = false;
  const pause = button(words["wordPause"] ?? "", () => {
    paused = !paused;
    pause.textContent = (paused ? words["wordResume"] : words["wordPause"]) ?? "";
    if (paused) sending.pause();
    else sending.resume();
  });
  const discard = button(words["wordDiscard"] ?? "", () => void sending.discard().then(() => item.remove()));
  buttons.append(pause, discard);
  try {
    if (open && !(await sending.continues(open))) say(words["wordOther"] ?? "", 0);
    const arrived = await sending.send();
    item.classList.remove("on-its-way");
    if (arrived) finished(form, item, say, buttons, arrived);
  } catch (error) {
    const told = error instanceof Refused && error.message ? error.message : words["wordFailed"] ?? "";
    say(told);
    item.classList.replace("on-its-way", "failed");
    buttons.replaceChildren(button(words["wordAgain"] ?? "", () => { item.remove(); void start(form, file, undefined); }), button(words["wordClose"] ?? "", () => item.remove()));
  }
}

function finished(form: HTMLFormElement, item: HTMLElement, say: (words: string) => void, buttons: HTMLElement, arrived: Arrived): void {
  say(arrived.said);
  item.classList.add(arrived.was_here ? "was-here" : "arrived");
  const link = document.createElement("a");
  link.className = "button small";
  link.textContent = form.dataset["wordOpen"] ?? "";
  link.href = arrived.url;
  buttons.replaceChildren(...(arrived.url ? [link] : []));
  form.dispatchEvent(new CustomEvent("poise:arrived", { bubbles: true, detail: arrived }));
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;

async function brokenOff(form: HTMLFormElement): Promise<Open[]> {
  try {
    const told = (await (await ask(form.dataset["uploads"] ?? "", "GET")).json()) as { uploads: Open[] };
    const mine = facts(form);
    return told.uploads.filter((each) => each.purpose === mine.get("purpose") && each.about === (mine.get("about") ?? ""));
  } catch {
    return [];
  }
}

function offer(form: HTMLFormElement, open: Open, waiting: Map<string, Open>): HTMLElement {
  const { item, say, buttons } = line(form, open.name);
  say(`${form.dataset["wordBroken"] ?? ""}: ${megabytes(open.offset)} ${form.dataset["wordOf"] ?? ""} ${megabytes(open.size)}. ${form.dataset["wordChoose"] ?? ""}`, open.offset / open.size);
  buttons.append(button(form.dataset["wordDiscard"] ?? "", () => {
    void ask(open.url, "DELETE").then(() => { item.remove(); waiting.delete(key(open)); });
  }));
  return item;
}

const key = (file: { name: string; size: number }): string => `${file.size} ${file.name}`;

function take(form: HTMLFormElement): void {
  const waiting = new Map<string, Open>();
  const offers = new Map<string, HTMLElement>();
  void brokenOff(form).then((all) => {
    for (const open of all) {
      waiting.set(key(open), open);
      offers.set(key(open), offer(form, open, waiting));
    }
  });
  form.addEventListener("submit", (event) => {
    const input = form.querySelector<HTMLInputElement>('input[type="file"]');
    const files = [...(input?.files ?? [])];
    if (!files.length || !input) return; // the server says what is missing
    event.preventDefault();
    const queue = files.map((file) => async (): Promise<void> => {
      const open = waiting.get(key(file));
      waiting.delete(key(file));
      offers.get(key(file))?.remove();
      await start(form, file, open);
    });
    input.value = "";
    input.dispatchEvent(new Event("change", { bubbles: true }));
    const run = async (): Promise<void> => { for (let next = queue.shift(); next; next = queue.shift()) await next(); };
    for (let n = 0; n < AT_ONCE; n++) void run();
  });
}

function takeAll(within: ParentNode): void {
  for (const form of within.querySelectorAll<HTMLFormElement>("form[data-upload]:not([data-taken])")) {
    form.dataset["taken"] = "";
    take(form);
  }
}

takeAll(document);
document.addEventListener("htmx:load", () => takeAll(document));
window.addEventListener("beforeunload", (event) => {
  if (document.querySelector(".upload-item.on-its-way")) event.preventDefault();
});
