/** Where the focus was when a dialog opened, nearest first; behind an opener inside another dialog come that one's. */
const openers = new WeakMap<Element, HTMLElement[]>();

/** Those of the dialog that opened last: of one that opens in its place, when nothing has the focus any more. */
let latest: HTMLElement[] = [];

/**
 * Handlers for a dialog's content. Radix gives the focus back only to its own trigger; these give it back to whatever
 * had it, to that one's dialog's opener if it is gone by then, and to the page as a last resort.
 */
export const returnFocus = {
  onOpenAutoFocus(event: Event): void {
    const active = document.activeElement;
    if (!(event.target instanceof Element)) return;
    if (active instanceof HTMLElement && active !== document.body) {
      const outer = active.closest("[role=dialog], [role=alertdialog]");
      latest = [active, ...((outer && openers.get(outer)) ?? [])];
    }
    openers.set(event.target, latest);
  },

  onCloseAutoFocus(event: Event): void {
    const chain = event.target instanceof Element ? (openers.get(event.target) ?? []) : [];
    const target = chain.find((opener) => opener.isConnected) ?? document.querySelector<HTMLElement>("main");
    event.preventDefault();
    target?.focus();
  },
};
