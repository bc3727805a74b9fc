// A replay as the server stores it: see poise/clinic/recordings/domain/moving_picture.py, which writes the same form.
const NOT_SEEN = -32768;

interface Place { at: number; n: number; columns: number; scale: number; base: number }
export interface Points extends Place { names: string[]; start_s: number; rate_hz: number; view: string; forward: [number, number]; bones: [number, number, string][] }
export interface Curve extends Place { curve: string; side: Side; unit: string; start_s: number; rate_hz: number }
export type Side = "left" | "right" | null;
export interface Band { mean: number[]; sd: number[]; population: string; citation: string }
export interface Cycle { curve: string; side: Side; unit: string; n: number; mean: number[]; sd: number[]; band: Band | null }
export interface Mark { event: string; side: Side; time_s: number }
export interface Finding { finding: string; name: string; side: Side; severity: string; start_s: number | null; end_s: number | null }
export interface Repetition { number: number; side: Side; start_s: number; apex_s: number; end_s: number; quality: number | null }
export interface Burst { muscle: string; side: Side; start_s: number; end_s: number | null }
export interface Head { version: number; task: string; duration_s: number; points: Points | null; curves: Curve[]; cycles: Cycle[]; events: Mark[]; findings: Finding[]; repetitions: Repetition[]; bursts: Burst[] }

export interface Replay { head: Head; column(place: Place, index: number): Float32Array }

export function opened(bytes: ArrayBuffer): Replay {
  const view = new DataView(bytes);
  if (new TextDecoder().decode(bytes.slice(0, 4)) !== "PRP1") throw new Error("no replay");
  const length = view.getUint32(4, true);
  const head = JSON.parse(new TextDecoder().decode(bytes.slice(8, 8 + length))) as Head;
  const body = new Int16Array(bytes, 8 + length);
  return {
    head,
    column(place, index): Float32Array {
      const from = place.at / 2 + index * place.n;
      const out = new Float32Array(place.n);
      let whole = 0;
      for (let k = 0; k < place.n; k++) {
        whole = ((whole + body[from + k]!) << 16) >> 16; // steps wrap round, as int16 does
        out[k] = whole === NOT_SEEN ? NaN : whole * place.scale + place.base;
      }
      return out;
    },
  };
}
