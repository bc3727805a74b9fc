// Curves over time: left solid, right dashed, events as lines, the usual range behind, one line where the time is.
import uPlot from "uplot";

import type { Curve, Cycle, Mark, Replay } from "./bundle";
import { colour } from "./figure";

const WINDOW_S = 12;
const LONGEST_STRIDE_S = 2.5;

export interface Words { left: string; right: string; norm: string; nothing: string; curves: Record<string, string> }

/** What a person calls a curve: `emg.left tibialis` begins with a known name, and ends with the channel's. */
export function nameOf(curve: string, words: Words): string {
  for (let parts = curve.split("."), n = parts.length; n > 0; n--) {
    const known = words.curves[parts.slice(0, n).join(".")];
    const rest = parts.slice(n).join(" ").replaceAll("_", " ");
    if (known) return rest ? `${known}, ${rest}` : known;
  }
  return curve.replaceAll(".", " ").replaceAll("_", " ");
}

export class Plot {
  readonly root = document.createElement("div");
  private readonly chart: uPlot;
  private readonly line = document.createElement("div");
  private readonly now = document.createElement("span");
  private readonly values: Float32Array[];
  private shownAt = -1;

  constructor(place: HTMLElement, private readonly curves: Curve[], replay: Replay, private readonly words: Words, asSpeed: boolean, private readonly whole: [number, number], private readonly seek: (time: number) => void) {
    const first = curves[0]!;
    const times = Float64Array.from({ length: first.n }, (_, n) => first.start_s + n / first.rate_hz);
    this.values = curves.map((curve) => fitted(slope(replay.column(curve, 0), asSpeed ? curve.rate_hz : 0), curve, first));
    const unit = asSpeed ? `${first.unit}/s` : first.unit;
    const head = document.createElement("p");
    head.className = "plot-head";
    const name = document.createElement("strong");
    name.textContent = `${nameOf(first.curve, words)} (${unit})`;
    head.append(name, this.now);
    this.root.className = "plot";
    this.root.append(head);
    place.append(this.root);
    const bands = asSpeed ? [] : usual(first.curve, curves, replay.head.cycles, replay.head.events);
    this.chart = new uPlot(this.options(unit, place.clientWidth, bands, replay.head.events), [times, ...this.values.map((each) => Array.from(each, (value) => (Number.isFinite(value) ? value : null)))] as unknown as uPlot.AlignedData, this.root);
    this.line.className = "plot-now";
    this.chart.over.append(this.line);
    this.chart.over.addEventListener("pointerdown", (event) => this.drag(event));
    this.root.querySelector(".uplot")?.setAttribute("aria-hidden", "true"); // the table says it in words
  }

  private drag(event: PointerEvent): void {
    const over = this.chart.over;
    const go = (moved: PointerEvent): void => this.seek(this.chart.posToVal(moved.clientX - over.getBoundingClientRect().left, "x"));
    over.setPointerCapture(event.pointerId);
    go(event);
    over.addEventListener("pointermove", go);
    over.addEventListener("pointerup", () => over.removeEventListener("pointermove", go), { once: true });
  }

  private options(unit: string, width: number, bands: Stride[], events: Mark[]): uPlot.Options {
    const [from, last] = this.whole;
    const axis = { stroke: colour("ink-soft"), grid: { stroke: colour("line"), width: 1 }, ticks: { show: false }, font: "12px system-ui, sans-serif" };
    const sides = this.curves.map((curve) => curve.side);
    return {
      width: Math.max(200, width), height: 150, legend: { show: false }, cursor: { show: false }, padding: [6, 8, 0, 0],
      scales: { x: { time: false, range: (_, low, high) => [low, high], min: from, max: Math.min(last, from + WINDOW_S) }, y: { range: (_, low, high) => spread(low, high, bands) } },
      axes: [{ ...axis, size: 26, values: (_, all) => all.map((each) => `${Number(each.toFixed(2))} s`) }, { ...axis, size: 46, label: "" }],
      series: [{}, ...this.curves.map((curve) => ({ label: `${curve.curve} ${unit}`, stroke: colour(curve.side === "right" ? "right" : "left"), width: 1.75, dash: curve.side === "right" ? [7, 4] : [], points: { show: false } }))],
      hooks: { drawClear: [(chart) => drawBands(chart, bands)], draw: [(chart) => drawEvents(chart, events, sides)] },
    };
  }

  /** Shows the time; turns the page when the time leaves it. */
  show(time: number): void {
    const { min = 0, max = 0 } = this.chart.scales["x"]!;
    const [start, end] = this.whole;
    if (time > max || time < min) {
      const from = Math.max(start, Math.min(end - WINDOW_S, time - (time > max ? 0.5 : WINDOW_S - 0.5)));
      this.chart.setScale("x", { min: from, max: Math.min(end, from + WINDOW_S) });
    }
    this.line.style.transform = `translateX(${this.chart.valToPos(time, "x")}px)`;
    if (Math.abs(time - this.shownAt) < 0.05) return;
    this.shownAt = time;
    this.now.textContent = this.curves.map((curve, k) => `${curve.side ? this.words[curve.side] + " " : ""}${this.at(k, time)}`).join(" · ");
  }

  private at(k: number, time: number): string {
    const curve = this.curves[0]!;
    const value = this.values[k]![Math.round((time - curve.start_s) * curve.rate_hz)];
    return value === undefined || !Number.isFinite(value) ? this.words.nothing : value.toFixed(Math.abs(value) < 10 ? 1 : 0);
  }

  resize(width: number): void { this.chart.setSize({ width: Math.max(200, width), height: 150 }); this.shownAt = -1; }
  destroy(): void { this.chart.destroy(); this.root.remove(); }
}

interface Stride { from: number; to: number; low: number[]; high: number[] }

/** The usual range laid over each stride of the side it is for. */
function usual(name: string, curves: Curve[], cycles: Cycle[], events: Mark[]): Stride[] {
  const found: Stride[] = [];
  const side = curves.find((curve) => curve.side)?.side;
  const band = cycles.find((cycle) => cycle.curve === name && cycle.band)?.band;
  if (!band || !side) return found;
  const low = band.mean.map((mean, k) => mean - 2 * band.sd[k]!), high = band.mean.map((mean, k) => mean + 2 * band.sd[k]!);
  const lands = events.filter((each) => each.event === "initial_contact" && each.side === side).map((each) => each.time_s);
  for (let k = 1; k < lands.length; k++) if (lands[k]! - lands[k - 1]! < LONGEST_STRIDE_S) found.push({ from: lands[k - 1]!, to: lands[k]!, low, high });
  return found;
}

function spread(low: number | null, high: number | null, bands: Stride[]): [number, number] {
  const lows = bands.length ? Math.min(...bands[0]!.low) : Infinity, highs = bands.length ? Math.max(...bands[0]!.high) : -Infinity;
  const from = Math.min(low ?? 0, lows), to = Math.max(high ?? 1, highs), room = Math.max((to - from) * 0.06, 0.5);
  return [from - room, to + room];
}

function drawBands(chart: uPlot, bands: Stride[]): void {
  const { ctx } = chart;
  ctx.save();
  ctx.fillStyle = colour("norm");
  ctx.globalAlpha = 0.7;
  ctx.beginPath();
  ctx.rect(chart.bbox.left, chart.bbox.top, chart.bbox.width, chart.bbox.height);
  ctx.clip();
  for (const { from, to, low, high } of bands) {
    if (to < (chart.scales["x"]!.min ?? 0) || from > (chart.scales["x"]!.max ?? 0)) continue;
    const x = (k: number): number => chart.valToPos(from + ((to - from) * k) / (low.length - 1), "x", true);
    ctx.beginPath();
    high.forEach((value, k) => ctx.lineTo(x(k), chart.valToPos(value, "y", true)));
    for (let k = low.length - 1; k >= 0; k--) ctx.lineTo(x(k), chart.valToPos(low[k]!, "y", true));
    ctx.fill();
  }
  ctx.restore();
}

function drawEvents(chart: uPlot, events: Mark[], sides: (string | null)[]): void {
  const { ctx, bbox } = chart;
  ctx.save();
  ctx.lineWidth = Math.max(1, window.devicePixelRatio);
  for (const { time_s, side, event } of events) {
    if (time_s < (chart.scales["x"]!.min ?? 0) || time_s > (chart.scales["x"]!.max ?? 0) || (side && !sides.includes(side) && sides.some(Boolean))) continue;
    const x = chart.valToPos(time_s, "x", true);
    const short = event === "toe_off" || event.endsWith("apex");
    ctx.strokeStyle = colour(side === "left" ? "left" : side === "right" ? "right" : "ink-soft");
    ctx.globalAlpha = 0.55;
    ctx.setLineDash(side === "right" ? [4, 4] : []);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top + (short ? bbox.height * 0.85 : 0));
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}

/** The rate of change per second; the values themselves where no rate is given. */
function slope(values: Float32Array, rate: number): Float32Array {
  if (!rate) return values;
  return values.map((_, n) => {
    const a = Math.max(0, n - 2), b = Math.min(values.length - 1, n + 2);
    return ((values[b]! - values[a]!) * rate) / Math.max(1, b - a);
  });
}

/** A curve on another's clock. */
function fitted(values: Float32Array, from: Curve, to: Curve): Float32Array {
  if (from.n === to.n && from.start_s === to.start_s && from.rate_hz === to.rate_hz) return values;
  return Float32Array.from({ length: to.n }, (_, n) => values[Math.round((to.start_s + n / to.rate_hz - from.start_s) * from.rate_hz)] ?? NaN);
}
