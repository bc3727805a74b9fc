// On a phone the chart's navigation is wider than the screen.

/** Brings the present item of a scrolling navigation into sight. */
export function showWhereWeAre(): void {
  for (const here of document.querySelectorAll<HTMLElement>(".sub-nav [aria-current], .tabs [aria-current]")) {
    const frame = here.closest<HTMLElement>("nav");
    if (frame) frame.scrollLeft = here.offsetLeft - (frame.clientWidth - here.offsetWidth) / 2;
  }
}
