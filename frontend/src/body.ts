// The body map: its places become buttons for finger, mouse and keys. The list beside it works without any of this.

type Place = SVGPathElement & { dataset: DOMStringMap };
type Direction = readonly [number, number];

const ARROWS: Record<string, Direction> = {
  ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1],
};

/** Makes one drawing live; all that it changes are the rows and boxes of the form around it. */
function enliven(map: HTMLElement): void {
  const rows = map.querySelector<HTMLElement>("[data-mark-rows]");
  const blank = map.querySelector<HTMLTemplateElement>("[data-mark-blank]");
  if (!rows || !blank) return;
  const places = [...map.querySelectorAll<Place>(".body-place")];
  const boxes = [...map.querySelectorAll<HTMLInputElement>('input[name="place"]')];

  const brush = (): HTMLInputElement | null => map.querySelector('input[name="brush"]:checked');
  const row = (key: string): HTMLElement | null => rows.querySelector(`[data-key="${CSS.escape(key)}"]`);
  const kindsAt = (place: string): string[] =>
    [...rows.querySelectorAll<HTMLElement>("[data-key]")]
      .map((each) => each.dataset["key"] ?? "")
      .filter((key) => key.slice(key.indexOf(".") + 1) === place)
      .map((key) => key.slice(0, key.indexOf(".")));

  function add(kind: string, place: string, name: string): void {
    const key = `${kind}.${place}`;
    const words = map.querySelector(`input[name="brush"][value="${kind}"]`)?.closest("label")?.textContent?.trim() ?? "";
    const made = blank!.content.cloneNode(true) as DocumentFragment;
    for (const each of made.querySelectorAll<HTMLElement>("[data-key], [name], [value]")) {
      for (const attribute of ["data-key", "name", "value"]) {
        const said = each.getAttribute(attribute);
        if (said?.includes("__KEY__")) each.setAttribute(attribute, said.replace("__KEY__", key));
      }
    }
    made.querySelector("[data-mark-name]")!.textContent = name;
    made.querySelector("[data-mark-kind]")!.textContent = words;
    rows!.querySelector("[data-mark-none]")?.remove();
    rows!.append(made);
  }

  function toggle(place: string, name: string, kind = brush()?.value ?? "pain"): void {
    const known = row(`${kind}.${place}`);
    if (known) known.remove();
    else add(kind, place, name);
    show();
    say(`${name}: ${known ? map.dataset["taken"] : map.dataset["marked"]}`);
    map.dispatchEvent(new Event("change", { bubbles: true })); // the form saves itself
  }

  function show(): void {
    for (const place of places) {
      const kinds = kindsAt(place.dataset["place"] ?? "");
      const kind = kinds.find((each) => each !== "felt") ?? kinds[0];
      const svg = place.ownerSVGElement!;
      const pattern = svg.querySelector(`pattern[id$="-${kind}"]`);
      place.setAttribute("aria-checked", kinds.length ? "true" : "false");
      if (kind && pattern) place.setAttribute("fill", `url(#${pattern.id})`);
      else place.removeAttribute("fill");
      place.classList.toggle("is-marked", kinds.length > 0);
    }
    for (const box of boxes) box.checked = kindsAt(box.value).length > 0;
  }

  for (const place of places) {
    place.setAttribute("role", "checkbox");
    place.setAttribute("aria-label", place.dataset["name"] ?? "");
    place.addEventListener("click", () => toggle(place.dataset["place"]!, place.dataset["name"]!));
  }
  for (const svg of map.querySelectorAll<SVGSVGElement>("svg[data-panel]")) roam(svg);
  oneAtATime(map);

  for (const box of boxes) {
    box.removeAttribute("name"); // the rows are what is sent
    box.addEventListener("change", (event) => {
      event.stopPropagation();
      const kinds = kindsAt(box.value);
      for (const kind of box.checked || !kinds.length ? [undefined] : kinds) toggle(box.value, box.getAttribute("aria-label") ?? "", kind);
    });
  }
  rows.addEventListener("change", (event) => {
    const box = event.target as HTMLInputElement;
    if (box.name !== "remove" || !box.checked) return;
    box.closest("[data-key]")?.remove();
    show();
  });
  map.querySelector<HTMLDetailsElement>("details.body-list")?.removeAttribute("open");
  map.querySelector<HTMLElement>("details.body-list p:has(> button)")?.remove();
  show();
}

/** On a phone one drawing is shown at a time (the style sheet hides the others there, and only there). */
function oneAtATime(map: HTMLElement): void {
  const buttons = [...map.querySelectorAll<HTMLButtonElement>("button[data-shows]")];
  const choose = (chosen: HTMLButtonElement): void => {
    for (const button of buttons) {
      const is = button === chosen;
      button.setAttribute("aria-pressed", String(is));
      map.querySelector(`.body-panel-${button.dataset["shows"]}`)?.classList.toggle("is-away", !is);
    }
  };
  for (const button of buttons) button.addEventListener("click", () => choose(button));
  if (buttons[0]) choose(buttons[0]);
}

/** One tab stop a drawing; arrows go to the nearest place that way, space and enter mark it. */
function roam(svg: SVGSVGElement): void {
  const places = [...svg.querySelectorAll<Place>(".body-place")];
  const stop = (place: Place): void => places.forEach((each) => each.setAttribute("tabindex", each === place ? "0" : "-1"));
  if (places[0]) stop(places[0]);
  svg.addEventListener("keydown", (event) => {
    const here = event.target as Place;
    if (event.key === " " || event.key === "Enter") {
      event.preventDefault();
      here.dispatchEvent(new MouseEvent("click", { bubbles: true }));
    }
    const way = ARROWS[event.key];
    const next = way && nearest(here, places, way);
    if (!way) return;
    event.preventDefault();
    if (next) {
      stop(next);
      next.focus();
    }
  });
}

function nearest(here: Place, places: Place[], [x, y]: Direction): Place | undefined {
  const from = centre(here);
  const scored = places
    .filter((each) => each !== here)
    .map((each) => {
      const to = centre(each);
      const ahead = (to.x - from.x) * x + (to.y - from.y) * y;
      const aside = Math.abs((to.x - from.x) * y) + Math.abs((to.y - from.y) * x);
      return { each, ahead, cost: ahead + 2 * aside };
    })
    .filter((each) => each.ahead > 1);
  return scored.sort((a, b) => a.cost - b.cost)[0]?.each;
}

function centre(place: Place): { x: number; y: number } {
  const box = place.getBBox();
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

function say(words: string): void {
  const heard = document.getElementById("announcer");
  if (heard) heard.textContent = words;
}

for (const map of document.querySelectorAll<HTMLElement>("[data-body-map]")) enliven(map);
