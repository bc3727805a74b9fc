// The replay page: figure, curves, foot contacts and events in step with one clock.
import { opened, type Curve, type Finding, type Head, type Mark, type Replay } from "./replay/bundle";
import { colour, Figure, fitted, PressurePath } from "./replay/figure";
import { nameOf, Plot, type Words } from "./replay/plots";

const MAIN = ["knee.flexion", "hip.flexion", "ankle.dorsiflexion", "balance.pressure_ml", "balance.pressure_ap", "trunk.lean_forward", "shoulder.flexion", "elbow.flexion"];
const MAIN_COUNT = 3;
const VIEWS: Record<string, number> = { side: 0, front: 90, back: -90 };

class Page {
  private time: number;
  private playing = false;
  private speed = 1;
  private loop: [number, number] | null = null;
  private last = 0;
  private drawn = NaN;
  private plots: Plot[] = [];
  private readonly head: Head;
  private readonly start: number;
  private readonly end: number;
  private readonly picture: Figure | PressurePath | null;
  private readonly figure: Figure | null;
  private readonly marks: Mark[];

  constructor(private readonly root: HTMLElement, private readonly replay: Replay, private readonly words: Words, private readonly eventWords: Record<string, string>) {
    this.head = replay.head;
    const lines = [...this.head.curves, ...(this.head.points ? [this.head.points] : [])];
    this.start = Math.min(0, ...lines.map((each) => each.start_s));
    this.end = Math.max(this.head.duration_s, ...lines.map((each) => each.start_s + (each.n - 1) / each.rate_hz), this.start + 0.01);
    this.marks = [...this.head.events].sort((a, b) => a.time_s - b.time_s);
    this.picture = this.pictured();
    this.figure = this.picture instanceof Figure ? this.picture : null;
    this.time = this.start;
    this.controls();
    this.views();
    this.keys();
    this.curveChoice();
    this.lists();
    new ResizeObserver(() => this.resized()).observe(root);
    const changed = (): void => { const said = fromHash(); if (said !== null) this.seek(said); };
    window.addEventListener("hashchange", changed);
    this.seek(fromHash() ?? this.start);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.choose());
  }

  private part<T extends Element = HTMLElement>(name: string): T { return this.root.querySelector<T>(`[data-${name}]`)!; }

  private pictured(): Figure | PressurePath | null {
    const canvas = this.part<HTMLCanvasElement>("canvas");
    if (this.head.points) return new Figure(canvas, this.head.points, this.replay);
    this.part("figure").classList.add("no-body");
    const named = (...names: string[]): Curve | undefined => this.head.curves.find((each) => names.some((name) => each.curve.startsWith(name)));
    const across = named("balance.pressure_ml", "pressure.x"), along = named("balance.pressure_ap", "pressure.y");
    if (across && along && across.n === along.n) {
      canvas.setAttribute("aria-label", this.root.dataset["path"] ?? "");
      return new PressurePath(canvas, this.replay.column(across, 0), this.replay.column(along, 0), across.start_s, across.rate_hz);
    }
    this.part("figure").hidden = true;
    return null;
  }

  private get frame(): number { return 1 / (this.picture?.rate ?? this.head.curves[0]?.rate_hz ?? 50); }

  seek(time: number, said = ""): void {
    this.time = Math.max(this.start, Math.min(this.end, time));
    this.draw();
    if (said) this.part("status").textContent = `${said}, ${clock(this.time)}`;
    if (!this.playing) this.note();
  }

  private note(): void { history.replaceState(history.state, "", `#t=${this.time.toFixed(2)}`); }

  private draw(): void {
    if (this.drawn === this.time) return;
    this.drawn = this.time;
    this.picture?.draw(this.time);
    for (const plot of this.plots) plot.show(this.time);
    this.contacts();
    const range = this.part<HTMLInputElement>("time");
    range.value = String(this.time);
    range.setAttribute("aria-valuetext", clock(this.time));
    this.part("clock").textContent = `${clock(this.time)} ${this.root.dataset["of"] ?? ""} ${clock(this.end)}`;
  }

  private again(): void { this.drawn = NaN; this.draw(); }

  private toggle(play = !this.playing): void {
    if (play && this.time >= this.end - 1e-6) this.time = this.start;
    this.playing = play;
    const word = (play ? this.root.dataset["pause"] : this.root.dataset["play"]) ?? "";
    this.part("toggle-word").textContent = word;
    this.part("toggle").querySelector("use")?.setAttribute("href", (this.part("toggle").querySelector("use")!.getAttribute("href") ?? "").replace(/#.*/, play ? "#pause" : "#play"));
    if (play) {
      this.last = performance.now();
      requestAnimationFrame((now) => this.tick(now));
    } else {
      this.note();
      this.part("status").textContent = `${this.root.dataset["pause"] ?? ""}, ${clock(this.time)}`;
    }
  }

  private tick(now: number): void {
    if (!this.playing) return;
    const [from, to] = this.loop ?? [this.start, this.end];
    this.time += (Math.min(now - this.last, 250) / 1000) * this.speed;
    this.last = now;
    if (this.time >= to) {
      if (this.loop) this.time = from;
      else { this.time = this.end; this.draw(); this.toggle(false); return; }
    }
    if (this.loop && this.time < from) this.time = from;
    this.draw();
    requestAnimationFrame((next) => this.tick(next));
  }

  private controls(): void {
    const range = this.part<HTMLInputElement>("time");
    range.min = String(this.start);
    range.max = String(this.end);
    range.step = String(Math.max(0.001, Number(this.frame.toFixed(3))));
    range.addEventListener("input", () => this.seek(Number(range.value)));
    this.part("toggle").addEventListener("click", () => this.toggle());
    for (const each of this.root.querySelectorAll<HTMLElement>("[data-step]")) each.addEventListener("click", () => this.step(Number(each.dataset["step"])));
    for (const each of this.root.querySelectorAll<HTMLElement>("[data-jump]")) each.addEventListener("click", () => this.jump(Number(each.dataset["jump"])));
    this.part<HTMLSelectElement>("speed").addEventListener("change", (event) => (this.speed = Number((event.target as HTMLSelectElement).value)));
    this.part("loop").addEventListener("click", () => this.repeat(this.loop ? null : this.stretch()));
    this.part("link").addEventListener("click", () => void this.link());
    if (!this.marks.length) for (const each of this.root.querySelectorAll<HTMLButtonElement>("[data-jump]")) each.disabled = true;
  }

  private step(by: number): void { this.toggle(false); this.seek(this.time + by * this.frame); }

  private jump(by: number): void {
    const next = by > 0 ? this.marks.find((each) => each.time_s > this.time + 0.005) : [...this.marks].reverse().find((each) => each.time_s < this.time - 0.005);
    if (next) this.seek(next.time_s, this.told(next));
  }

  private told(mark: Mark): string { return [this.eventWords[mark.event] ?? mark.event.replaceAll("_", " "), mark.side ? this.words[mark.side] : ""].filter(Boolean).join(", "); }

  private repeat(span: [number, number] | null): void {
    this.loop = span;
    this.part("loop").setAttribute("aria-pressed", String(span !== null));
    if (span && (this.time < span[0] || this.time > span[1])) this.seek(span[0]);
    this.again();
  }

  /** The repetition or stride that the time is in; else two seconds around it. */
  private stretch(): [number, number] {
    const rep = this.head.repetitions.find((each) => each.start_s <= this.time && this.time <= each.end_s);
    if (rep) return [rep.start_s, rep.end_s];
    const lands = this.marks.filter((each) => each.event === "initial_contact" && each.side === "left").map((each) => each.time_s);
    const k = lands.findIndex((each) => each > this.time);
    if (k > 0) return [lands[k - 1]!, lands[k]!];
    return [Math.max(this.start, this.time - 1), Math.min(this.end, this.time + 1)];
  }

  private async link(): Promise<void> {
    this.note();
    try { await navigator.clipboard.writeText(location.href); } catch { /* the address bar has it */ }
    this.part("status").textContent = this.root.dataset["copied"] ?? "";
    const place = document.getElementById("announcer");
    if (place) place.textContent = this.root.dataset["copied"] ?? "";
  }

  private views(): void {
    const canvas = this.part<HTMLCanvasElement>("canvas");
    const figure = this.figure;
    const buttons = [...this.root.querySelectorAll<HTMLElement>("[data-view]")];
    if (!figure || this.head.points?.view !== "3d") {
      this.root.querySelectorAll<HTMLElement>("[data-view], [data-turn]").forEach((each) => (each.hidden = true));
      this.part("trail").hidden = !figure;
    }
    if (!figure) return;
    const turned = (): void => {
      buttons.forEach((each) => each.setAttribute("aria-pressed", String(VIEWS[each.dataset["view"]!] === figure.yaw && !figure.pitch)));
      this.again();
    };
    buttons.forEach((each) => each.addEventListener("click", () => { figure.yaw = VIEWS[each.dataset["view"]!]!; figure.pitch = 0; turned(); }));
    const turn = (by: number): void => { figure.yaw = wrapped(figure.yaw + by); turned(); };
    this.root.querySelectorAll<HTMLElement>("[data-turn]").forEach((each) => each.addEventListener("click", () => turn(Number(each.dataset["turn"]))));
    this.part("trail").addEventListener("click", () => { figure.trail = !figure.trail; this.part("trail").setAttribute("aria-pressed", String(figure.trail)); this.again(); });
    if (this.head.points?.view !== "3d") return;
    canvas.addEventListener("pointerdown", (down) => {
      const [yaw, pitch] = [figure.yaw, figure.pitch];
      canvas.setPointerCapture(down.pointerId);
      const move = (event: PointerEvent): void => { figure.yaw = wrapped(yaw - (event.clientX - down.clientX) * 0.5); figure.pitch = Math.max(0, Math.min(60, pitch + (event.clientY - down.clientY) * 0.3)); turned(); };
      canvas.addEventListener("pointermove", move);
      const end = (): void => canvas.removeEventListener("pointermove", move);
      canvas.addEventListener("pointerup", end, { once: true });
      canvas.addEventListener("pointercancel", end, { once: true });
    });
    canvas.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: -5, ArrowRight: 5 }[event.key];
      if (by) { turn(by); event.preventDefault(); event.stopPropagation(); }
      if (event.key === "ArrowUp" || event.key === "ArrowDown") { figure.pitch = Math.max(0, Math.min(60, figure.pitch + (event.key === "ArrowUp" ? 5 : -5))); turned(); event.preventDefault(); }
    });
  }

  private keys(): void {
    document.addEventListener("keydown", (event) => {
      const on = event.target as HTMLElement;
      if (event.ctrlKey || event.metaKey || event.altKey || on.closest("input, select, textarea, dialog")) return;
      if (event.key === " " && !on.closest("button, a, summary")) { this.toggle(); event.preventDefault(); }
      else if (event.key === "ArrowLeft") { this.step(-1); event.preventDefault(); }
      else if (event.key === "ArrowRight") { this.step(1); event.preventDefault(); }
      else if (event.key === ",") this.jump(-1);
      else if (event.key === ".") this.jump(1);
      else if (event.key.toLowerCase() === "l") this.repeat(this.loop ? null : this.stretch());
    });
  }

  private groups(): Map<string, Curve[]> {
    const groups = new Map<string, Curve[]>();
    for (const curve of this.head.curves) groups.set(curve.curve, [...(groups.get(curve.curve) ?? []), curve]);
    return groups;
  }

  private curveChoice(): void {
    const groups = this.groups(), choice = this.part<HTMLSelectElement>("curve");
    const main = [...MAIN.filter((name) => groups.has(name)), ...[...groups.keys()].filter((name) => !MAIN.includes(name))].slice(0, MAIN_COUNT);
    const option = (value: string, words: string): void => { choice.append(new Option(words, value)); };
    option(main.join("|"), main.map((name) => nameOf(name, this.words)).join(" · "));
    for (const name of groups.keys()) option(name, nameOf(name, this.words));
    choice.addEventListener("change", () => this.choose());
    this.part("velocity").addEventListener("change", () => this.choose());
    if (!groups.size) this.root.querySelector<HTMLElement>(".replay-curves")!.hidden = true;
    this.choose();
  }

  private choose(): void {
    const groups = this.groups(), place = this.part("plots");
    this.plots.forEach((plot) => plot.destroy());
    const names = this.part<HTMLSelectElement>("curve").value.split("|").filter((name) => groups.has(name));
    const asSpeed = this.part<HTMLInputElement>("velocity").checked;
    this.plots = names.map((name) => new Plot(place, groups.get(name)!, this.replay, this.words, asSpeed, [this.start, this.end], (time) => this.seek(time)));
    this.values();
    this.again();
  }

  private resized(): void {
    const width = this.part("plots").clientWidth;
    for (const plot of this.plots) plot.resize(width);
    this.again();
  }

  /** Bars for when each foot was on the ground, for repetitions and for muscles at work. */
  private lanes(): { word: string; side: string | null; spans: [number, number][] }[] {
    const lanes = (["left", "right"] as const).map((side) => ({ word: this.words[side], side: side as string | null, spans: stances(this.marks, side, this.end) })).filter((lane) => lane.spans.length);
    if (this.head.repetitions.length) lanes.push({ word: "", side: null, spans: this.head.repetitions.map((each) => [each.start_s, each.end_s]) });
    const muscles = [...new Set(this.head.bursts.map((each) => each.muscle))].slice(0, 8);
    for (const muscle of muscles) {
      const bursts = this.head.bursts.filter((each) => each.muscle === muscle);
      lanes.push({ word: muscle.replaceAll("_", " "), side: bursts[0]!.side, spans: bursts.map((each) => [each.start_s, each.end_s ?? this.end]) });
    }
    return lanes;
  }

  private laneCache: ReturnType<Page["lanes"]> | null = null;

  private contacts(): void {
    this.laneCache ??= this.lanes();
    const lanes = this.laneCache, holder = this.part("lanes"), canvas = this.part<HTMLCanvasElement>("contacts");
    if (!lanes.length && !this.loop) return;
    if (holder.hidden) {
      holder.hidden = false;
      canvas.style.height = `${Math.max(1, lanes.length) * 18 + 4}px`;
      canvas.addEventListener("pointerdown", (event) => this.seek(this.start + (event.offsetX / canvas.clientWidth) * (this.end - this.start)));
    }
    const [context, width, height] = fitted(canvas);
    const x = (time: number): number => ((time - this.start) / (this.end - this.start)) * width;
    lanes.forEach((lane, row) => {
      context.fillStyle = colour(lane.side === "right" ? "right" : lane.side === "left" ? "left" : "ink-soft");
      context.globalAlpha = 0.75;
      for (const [from, to] of lane.spans) context.fillRect(x(from), row * 18 + 3, Math.max(1, x(to) - x(from) - 0.5), lane.side === "right" ? 7 : 12);
      context.globalAlpha = 1;
      context.fillStyle = colour("ink");
      context.font = "11px system-ui, sans-serif";
      context.fillText(lane.word, 3, row * 18 + 13);
    });
    if (this.loop) {
      context.fillStyle = colour("accent");
      context.globalAlpha = 0.2;
      context.fillRect(x(this.loop[0]), 0, x(this.loop[1]) - x(this.loop[0]), height);
      context.globalAlpha = 1;
    }
    context.fillStyle = colour("ink");
    context.fillRect(x(this.time) - 1, 0, 2, height);
  }

  private lists(): void {
    for (const finding of this.head.findings) this.part("findings").append(this.finding(finding));
    if (!this.head.findings.length) this.part("findings").hidden = true;
    for (const mark of this.marks.slice(0, 2000)) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button small quiet";
      button.textContent = clock(mark.time_s);
      button.addEventListener("click", () => this.seek(mark.time_s, this.told(mark)));
      row(this.part("events"), button, this.eventWords[mark.event] ?? mark.event.replaceAll("_", " "), mark.side ? this.words[mark.side] : "–");
    }
    this.part("events").closest("details")!.hidden = !this.marks.length;
    this.root.querySelectorAll("details").forEach((each) => each.addEventListener("toggle", () => this.values()));
  }

  private finding(finding: Finding): HTMLElement {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button small";
    button.textContent = [finding.name, finding.side === "left" || finding.side === "right" ? this.words[finding.side] : ""].filter(Boolean).join(", ");
    const { start_s: from, end_s: to } = finding;
    if (from === null || to === null) button.disabled = true;
    else button.addEventListener("click", () => { this.repeat([from, Math.max(to, from + 0.5)]); this.seek(from, finding.name); });
    item.append(button, from !== null && to !== null ? ` ${clock(from)} – ${clock(to)}` : "");
    return item;
  }

  private values(): void {
    const body = this.part("values");
    if (!(body.closest("details") as HTMLDetailsElement).open) return;
    body.replaceChildren();
    for (const curve of this.head.curves) {
      const column = this.replay.column(curve, 0);
      const seen = column.filter((value) => Number.isFinite(value));
      const now = column[Math.round((this.time - curve.start_s) * curve.rate_hz)];
      const extremes = seen.reduce<[number, number]>(([low, high], each) => [Math.min(low, each), Math.max(high, each)], [Infinity, -Infinity]);
      row(body, nameOf(curve.curve, this.words), curve.side ? this.words[curve.side] : "–", ...[now ?? NaN, ...extremes].map((each) => (Number.isFinite(each) ? each.toFixed(1) : this.words.nothing)), curve.unit);
    }
  }
}

const clock = (time: number): string => (time >= 60 ? `${Math.floor(time / 60)}:${(time % 60).toFixed(2).padStart(5, "0")}` : `${time.toFixed(2)} s`);
const wrapped = (degrees: number): number => ((((degrees + 180) % 360) + 360) % 360) - 180;

function fromHash(): number | null {
  const said = Number(/[#&]t=(-?[\d.]+)/.exec(location.hash)?.[1] ?? NaN);
  return Number.isFinite(said) ? said : null;
}

function stances(marks: Mark[], side: "left" | "right", end: number): [number, number][] {
  const spans: [number, number][] = [];
  let since: number | null = null;
  for (const { event, side: of, time_s } of marks) {
    if (of !== side) continue;
    if (event === "initial_contact") since = time_s;
    if (event === "toe_off" && since !== null) { spans.push([since, time_s]); since = null; }
  }
  if (since !== null && end - since < 1.5) spans.push([since, end]);
  return spans;
}

function row(body: Element, ...cells: (string | Element)[]): void {
  const line = document.createElement("tr");
  const heads = [...(body.closest("table")?.querySelectorAll("th") ?? [])].map((each) => each.textContent ?? "");
  cells.forEach((cell, k) => {
    const place = document.createElement("td");
    place.dataset["label"] = heads[k] ?? "";
    place.append(cell);
    line.append(place);
  });
  body.append(line);
}

async function open(root: HTMLElement): Promise<void> {
  try {
    const response = await fetch(root.dataset["replay"] ?? "", { credentials: "same-origin", cache: "no-store" });
    if (!response.ok) throw new Error(String(response.status));
    const told = JSON.parse(document.getElementById("replay-words")?.textContent ?? "{}") as { curves: Record<string, string>; events: Record<string, string> };
    const said = (name: string): string => root.dataset[name] ?? "";
    const words: Words = { left: said("left"), right: said("right"), norm: said("norm"), nothing: said("nothing"), curves: told.curves };
    new Page(root, opened(await response.arrayBuffer()), words, told.events);
    root.dataset["ready"] = "";
  } catch (error) {
    console.error(error);
    const told = document.createElement("p");
    told.className = "notice error";
    told.textContent = root.dataset["failed"] ?? "";
    root.prepend(told);
  }
}

for (const root of document.querySelectorAll<HTMLElement>("[data-replay]")) void open(root);
