// The stick figure on its ground, seen from any side; or the path of the pressure, where no points were recorded.
import type { Points, Replay } from "./bundle";

const TRAIL_S = 1.5;
const PATH_S = 5;
const RAD = Math.PI / 180;

export const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim() || "#888";

/** A canvas as sharp as the screen; gives its size in CSS pixels. */
export function fitted(canvas: HTMLCanvasElement): [CanvasRenderingContext2D, number, number] {
  const ratio = Math.min(window.devicePixelRatio || 1, 2);
  const { clientWidth: width, clientHeight: height } = canvas;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  const context = canvas.getContext("2d")!;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return [context, width, height];
}

export class Figure {
  yaw = 0;
  pitch = 0;
  trail = false;
  private readonly x: Float32Array[];
  private readonly y: Float32Array[];
  private readonly z: Float32Array[];
  private readonly floor: number;
  private readonly height: number;
  private readonly middle: Float32Array[];

  constructor(private readonly canvas: HTMLCanvasElement, private readonly points: Points, replay: Replay) {
    const axis = (k: number): Float32Array[] => points.names.map((_, index) => replay.column(points, 3 * index + k));
    [this.x, this.y, this.z] = [axis(0), axis(1), axis(2)];
    const heights = this.z.flatMap((each) => Array.from(each).filter(Number.isFinite)).sort((a, b) => a - b);
    this.floor = heights[Math.floor(heights.length * 0.005)] ?? 0;
    this.height = Math.max(0.5, (heights[Math.floor(heights.length * 0.998)] ?? 1.7) - this.floor);
    this.middle = [this.smooth(this.x), this.smooth(this.y)];
  }

  get count(): number { return this.points.n; }
  get rate(): number { return this.points.rate_hz; }
  get start(): number { return this.points.start_s; }

  /** Where the person is, without the sway of each step: the camera goes along. */
  private smooth(axis: Float32Array[]): Float32Array {
    const reach = Math.max(1, Math.round(this.points.rate_hz * 0.6));
    const means = new Float32Array(this.points.n);
    const anchors = ["pelvis", "left_hip", "right_hip", "neck", "left_knee", "right_knee"].map((name) => this.points.names.indexOf(name)).filter((k) => k >= 0);
    const used = anchors.length ? anchors : axis.map((_, k) => k);
    let last = 0;
    const raw = Array.from({ length: this.points.n }, (_, n) => {
      const seen = used.map((k) => axis[k]![n]!).filter(Number.isFinite);
      return (last = seen.length ? seen.reduce((a, b) => a + b, 0) / seen.length : last);
    });
    let sum = 0;
    for (let n = -reach; n < raw.length; n++) {
      if (n + reach < raw.length) sum += raw[n + reach]!;
      if (n - reach - 1 >= 0) sum -= raw[n - reach - 1]!;
      if (n >= 0) means[n] = sum / (Math.min(n + reach, raw.length - 1) - Math.max(n - reach, 0) + 1);
    }
    return means;
  }

  draw(time: number): void {
    const [context, width, height] = fitted(this.canvas);
    const at = Math.max(0, Math.min(this.points.n - 1, (time - this.points.start_s) * this.points.rate_hz));
    const project = this.projection(at, width, height);
    this.ground(context, project, at, width);
    if (this.trail) this.trails(context, project, at);
    const places = this.points.names.map((_, k) => project(this.near(this.x, k, at), this.near(this.y, k, at), this.near(this.z, k, at)));
    this.bones(context, places);
    this.joints(context, places);
  }

  private near(axis: Float32Array[], k: number, at: number): number {
    const before = Math.floor(at), share = at - before;
    const one = axis[k]![before]!, two = axis[k]![Math.min(before + 1, this.points.n - 1)]!;
    return share < 0.001 || !Number.isFinite(two) ? one : one * (1 - share) + two * share;
  }

  private projection(at: number, width: number, height: number): (x: number, y: number, z: number) => [number, number, number] {
    const [fx, fy] = this.points.forward;
    const yaw = this.yaw * RAD, pitch = this.pitch * RAD;
    const ax = fx * Math.cos(yaw) - fy * Math.sin(yaw), ay = fy * Math.cos(yaw) + fx * Math.sin(yaw);
    const dx = fx * Math.sin(yaw) + fy * Math.cos(yaw), dy = fy * Math.sin(yaw) - fx * Math.cos(yaw);
    const n = Math.round(at), cx = this.middle[0]![n]!, cy = this.middle[1]![n]!;
    const scale = Math.min((height - 48) / this.height, width / (0.75 * this.height));
    const base = height - 22;
    return (x, y, z) => {
      const across = (x - cx) * ax + (y - cy) * ay, toward = (x - cx) * dx + (y - cy) * dy;
      return [width / 2 + across * scale, base - ((z - this.floor) * Math.cos(pitch) - toward * Math.sin(pitch)) * scale - Math.sin(pitch) * height * 0.12, toward];
    };
  }

  private ground(context: CanvasRenderingContext2D, project: ReturnType<Figure["projection"]>, at: number, width: number): void {
    const n = Math.round(at), cx = this.middle[0]![n]!, cy = this.middle[1]![n]!;
    context.strokeStyle = colour("line-strong");
    context.globalAlpha = 0.45;
    context.lineWidth = 1;
    context.setLineDash([]);
    context.beginPath();
    const [, level] = project(cx, cy, this.floor);
    if (this.pitch < 2) {
      context.moveTo(0, level);
      context.lineTo(width, level);
    }
    for (let k = -6; k <= 6; k++) {
      const gx = (Math.round(cx * 2) + k) / 2, gy = (Math.round(cy * 2) + k) / 2;
      for (const [from, to] of [[project(gx, cy - 3, this.floor), project(gx, cy + 3, this.floor)], [project(cx - 3, gy, this.floor), project(cx + 3, gy, this.floor)]] as const) {
        if (this.pitch < 2) {
          if (Math.abs(from[0] - to[0]) < 40) { context.moveTo((from[0] + to[0]) / 2, level); context.lineTo((from[0] + to[0]) / 2, level + 5); }
        } else { context.moveTo(from[0], from[1]); context.lineTo(to[0], to[1]); }
      }
    }
    context.stroke();
    context.globalAlpha = 1;
  }

  private trails(context: CanvasRenderingContext2D, project: ReturnType<Figure["projection"]>, at: number): void {
    const from = Math.max(0, Math.floor(at - TRAIL_S * this.points.rate_hz));
    for (const name of ["left_toe", "right_toe", "left_wrist", "right_wrist", "pelvis"]) {
      const k = this.points.names.indexOf(name);
      if (k < 0) continue;
      context.strokeStyle = colour(name.startsWith("left") ? "left" : name.startsWith("right") ? "right" : "ink-soft");
      context.setLineDash(name.startsWith("right") ? [3, 3] : []);
      context.lineWidth = 1.5;
      context.globalAlpha = 0.6;
      context.beginPath();
      let pen = false;
      for (let n = from; n <= at; n++) {
        const [x, y] = project(this.x[k]![n]!, this.y[k]![n]!, this.z[k]![n]!);
        if (!Number.isFinite(x + y)) pen = false;
        else if (pen) context.lineTo(x, y);
        else { context.moveTo(x, y); pen = true; }
      }
      context.stroke();
    }
    context.globalAlpha = 1;
  }

  private bones(context: CanvasRenderingContext2D, places: [number, number, number][]): void {
    const drawn = this.points.bones.map(([a, b, side]) => ({ a: places[a]!, b: places[b]!, side })).filter(({ a, b }) => Number.isFinite(a[0] + b[0] + a[1] + b[1]));
    drawn.sort((one, two) => one.a[2] + one.b[2] - two.a[2] - two.b[2]); // what is nearer is drawn over what is farther
    context.lineCap = "round";
    for (const { a, b, side } of drawn) {
      context.strokeStyle = colour(side === "left" ? "left" : side === "right" ? "right" : "ink-soft");
      context.lineWidth = 4;
      context.setLineDash(side === "right" ? [8, 6] : []);
      context.beginPath();
      context.moveTo(a[0], a[1]);
      context.lineTo(b[0], b[1]);
      context.stroke();
    }
    context.setLineDash([]);
  }

  private joints(context: CanvasRenderingContext2D, places: [number, number, number][]): void {
    this.points.names.forEach((name, k) => {
      const [x, y] = places[k]!;
      if (!Number.isFinite(x + y)) return;
      context.fillStyle = colour(name.startsWith("left") ? "left" : name.startsWith("right") ? "right" : "ink-soft");
      context.beginPath();
      if (name === "head") context.arc(x, y, 9, 0, 7);
      else if (name.startsWith("right")) context.rect(x - 3.5, y - 3.5, 7, 7);
      else context.arc(x, y, 4, 0, 7);
      context.fill();
    });
  }
}

/** The path of the centre of pressure, from above. */
export class PressurePath {
  private readonly low: [number, number];
  private readonly span: number;

  constructor(private readonly canvas: HTMLCanvasElement, private readonly across: Float32Array, private readonly along: Float32Array, readonly start: number, readonly rate: number) {
    const bounds = (values: Float32Array): [number, number] => values.reduce<[number, number]>(([low, high], each) => (Number.isFinite(each) ? [Math.min(low, each), Math.max(high, each)] : [low, high]), [Infinity, -Infinity]);
    const [one, two] = [bounds(across), bounds(along)];
    this.span = Math.max(one[1] - one[0], two[1] - two[0], 5) * 1.15;
    this.low = [(one[0] + one[1] - this.span) / 2, (two[0] + two[1] - this.span) / 2];
  }

  get count(): number { return this.across.length; }

  draw(time: number): void {
    const [context, width, height] = fitted(this.canvas);
    const size = Math.min(width, height) - 40;
    const at = Math.max(0, Math.min(this.count - 1, Math.round((time - this.start) * this.rate)));
    const place = (n: number): [number, number] => [(width - size) / 2 + ((this.across[n]! - this.low[0]) / this.span) * size, height - 30 - ((this.along[n]! - this.low[1]) / this.span) * size];
    this.path(context, place, 0, this.count - 1, "line-strong", 0.8, 0.5);
    this.path(context, place, Math.max(0, at - Math.round(PATH_S * this.rate)), at, "left", 2, 1);
    const [x, y] = place(at);
    context.fillStyle = colour("right");
    context.beginPath();
    context.arc(x, y, 6, 0, 7);
    context.fill();
    const bar = 10 ** Math.floor(Math.log10(this.span / 3));
    context.strokeStyle = context.fillStyle = colour("ink");
    context.lineWidth = 1.5;
    context.beginPath();
    context.moveTo(16, height - 14);
    context.lineTo(16 + (bar / this.span) * size, height - 14);
    context.stroke();
    context.font = "12px system-ui, sans-serif";
    context.fillText(`${bar} mm`, 22 + (bar / this.span) * size, height - 10);
  }

  private path(context: CanvasRenderingContext2D, place: (n: number) => [number, number], from: number, to: number, name: string, width: number, alpha: number): void {
    const step = Math.max(1, Math.floor((to - from) / 4000));
    context.strokeStyle = colour(name);
    context.lineWidth = width;
    context.globalAlpha = alpha;
    context.setLineDash([]);
    context.beginPath();
    for (let n = from; n <= to; n += step) {
      const [x, y] = place(n);
      if (Number.isFinite(x + y)) context.lineTo(x, y);
    }
    context.stroke();
    context.globalAlpha = 1;
  }
}
