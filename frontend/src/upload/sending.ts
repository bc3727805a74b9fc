// One file on its way: announced, sent part by part, finished. The server knows how far it is; nothing is kept here.
import { base64, hex, sha256 } from "./sha256";

export interface Open { id: string; name: string; size: number; offset: number; purpose: string; about: string; url: string; part_bytes: number; parts: [number, string][] }
export interface Arrived { id: string; purpose: string; name: string; was_here: boolean; said: string; url: string }

/** What the server said no to, in its own words. */
export class Refused extends Error {}
/** The network, or the server, is away: it is worth another try. */
class Away extends Error {}

const SMALLEST = 512 * 1024;
const ONE_PART_S = 2;

export const token = (): string => (JSON.parse(document.body.getAttribute("hx-headers") ?? "{}") as Record<string, string>)["X-CSRFToken"] ?? "";

export async function ask(url: string, method: string, body?: BodyInit, headers: Record<string, string> = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { method, body: body ?? null, headers: { "X-CSRFToken": token(), ...headers }, redirect: "manual", credentials: "same-origin" });
  } catch {
    throw new Away();
  }
  if (response.ok || response.status === 409 || response.status === 460) return response;
  if (response.status >= 500 && response.status !== 507 && response.status !== 503) throw new Away();
  throw new Refused(await words(response));
}

async function words(response: Response): Promise<string> {
  try {
    const told = (await response.json()) as { problem?: string; do?: string };
    return [told.problem, told.do].filter(Boolean).join(" ");
  } catch {
    return "";
  }
}

export class Sending {
  private paused = false;
  private gone = false;
  private part = SMALLEST;
  open: Open | undefined;

  constructor(readonly file: File, private readonly uploads: string, private readonly facts: () => FormData, private readonly tell: (state: string, share: number) => void) {}

  pause(): void { this.paused = true; this.tell("paused", this.share()); }
  resume(): void { this.paused = false; }
  async discard(): Promise<void> {
    this.gone = true;
    if (this.open) await ask(this.open.url, "DELETE").catch(() => undefined);
  }

  share(): number { return this.open ? this.open.offset / Math.max(1, this.file.size) : 0; }

  /** Sends all of it; undefined where it was given up. Tries again for as long as the network is away. */
  async send(): Promise<Arrived | undefined> {
    this.open ??= await this.patiently(() => this.announce());
    while (!this.gone && this.open && this.open.offset < this.file.size) {
      if (this.paused) await later(200);
      else await this.patiently(() => this.next());
    }
    if (this.gone || !this.open) return undefined;
    this.tell("checking", 1);
    const url = `${this.open.url}/finish`;
    return await this.patiently(async () => (await (await ask(url, "POST")).json()) as Arrived);
  }

  /** Whether what the server has of an upload is the beginning of this file. */
  async continues(open: Open): Promise<boolean> {
    this.tell("comparing", open.offset / Math.max(1, open.size));
    let at = 0;
    for (const [size, digest] of open.parts) {
      if (hex(await sha256(await this.file.slice(at, at + size).arrayBuffer())) !== digest) return false;
      at += size;
    }
    this.open = open;
    return true;
  }

  private async announce(): Promise<Open> {
    const facts = this.facts();
    facts.set("name", this.file.name);
    facts.set("size", String(this.file.size));
    return (await (await ask(this.uploads, "POST", facts)).json()) as Open;
  }

  private async next(): Promise<void> {
    const open = this.open!;
    const part = this.file.slice(open.offset, open.offset + Math.min(this.part, open.part_bytes));
    const bytes = await part.arrayBuffer();
    const checksum = `sha256 ${base64(await sha256(bytes))}`;
    const began = performance.now();
    const response = await ask(open.url, "PATCH", bytes, { "Upload-Offset": String(open.offset), "Upload-Checksum": checksum, "Content-Type": "application/offset+octet-stream" });
    if (response.status === 460) throw new Away();
    open.offset = Number(response.headers.get("Upload-Offset") ?? open.offset + bytes.byteLength);
    const took = (performance.now() - began) / 1000;
    this.part = Math.max(SMALLEST, Math.min(open.part_bytes, took < ONE_PART_S / 2 ? this.part * 2 : took > ONE_PART_S * 2 ? this.part / 2 : this.part));
    if (!this.paused) this.tell("sending", this.share());
  }

  private async patiently<T>(step: () => Promise<T>): Promise<T | undefined> {
    for (let wait = 1000; !this.gone; wait = Math.min(2 * wait, 30_000)) {
      try {
        return await step();
      } catch (error) {
        if (!(error instanceof Away)) throw error;
        this.part = Math.max(SMALLEST, this.part / 2);
        this.tell("waiting", this.share());
        await later(wait);
      }
    }
    return undefined;
  }
}

const later = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
