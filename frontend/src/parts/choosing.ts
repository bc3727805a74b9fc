// A long list is searched by typing any part of a name. The select stays: it holds the value, and without this script
// it is the control. Words that name nothing put back what was chosen.
const LONG = 20;

const plain = (words: string): string => words.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().trim();

function chosen(select: HTMLSelectElement): string {
  const option = select.selectedOptions[0];
  return option && option.value !== "" ? option.text : "";
}

/** The option that the words mean: of the same name, or the only one that holds them. */
function meant(select: HTMLSelectElement, words: string): HTMLOptionElement | undefined {
  const options = [...select.options].filter((option) => option.value !== "");
  const same = options.find((option) => plain(option.text) === plain(words));
  const holding = options.filter((option) => plain(option.text).includes(plain(words)));
  return same ?? (holding.length === 1 ? holding[0] : undefined);
}

function take(select: HTMLSelectElement, value: string): void {
  if (select.value === value) return;
  select.value = value;
  select.dispatchEvent(new Event("input", { bubbles: true }));
  select.dispatchEvent(new Event("change", { bubbles: true }));
}

function searchable(select: HTMLSelectElement, label: HTMLLabelElement): void {
  const input = document.createElement("input");
  const list = document.createElement("datalist");
  list.id = `${select.id}-names`;
  list.append(...[...select.options].filter((option) => option.value !== "").map((option) => new Option(option.text)));
  input.id = `${select.id}-words`;
  input.type = "text";
  input.autocomplete = "off";
  input.spellcheck = false;
  input.setAttribute("list", list.id);
  input.className = "searchable";
  input.placeholder = document.body.dataset["typeToFind"] ?? "";
  input.value = chosen(select);
  for (const name of ["aria-describedby", "aria-invalid", "required"]) {
    const value = select.getAttribute(name);
    if (value !== null) input.setAttribute(name, value);
  }
  input.addEventListener("input", (event) => {
    event.stopPropagation(); // the words are no answer: a draft keeps the select's
    const found = [...select.options].find((option) => plain(option.text) === plain(input.value));
    if (found || input.value === "") take(select, found?.value ?? "");
  });
  input.addEventListener("change", (event) => {
    event.stopPropagation();
    if (input.value.trim() !== "") take(select, meant(select, input.value)?.value ?? select.value);
    input.value = chosen(select);
  });
  input.addEventListener("focus", () => input.select());
  select.addEventListener("change", () => {
    if (document.activeElement !== input) input.value = chosen(select);
  });
  label.htmlFor = input.id;
  select.tabIndex = -1;
  select.setAttribute("aria-hidden", "true");
  select.classList.add("for-readers");
  select.after(input, list);
}

/** Each long list of the page becomes searchable. */
export function searchLongLists(): void {
  for (const select of document.querySelectorAll<HTMLSelectElement>(".field > select:not([multiple])")) {
    const label = document.querySelector<HTMLLabelElement>(`label[for="${CSS.escape(select.id)}"]`);
    if (select.id !== "" && select.options.length > LONG && label) searchable(select, label);
  }
}
