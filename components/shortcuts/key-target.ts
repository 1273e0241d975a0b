/** True if a single key pressed here is meant for something else: a field that is typed in, a dialog, an open menu. */
export function isTaken(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.isComposing || event.repeat) return true;
  if (event.ctrlKey || event.metaKey || event.altKey) return true;
  return isTyping(event.target) || isOverlayOpen();
}

/** True for the one shortcut with a modifier: Ctrl K, Cmd K on a Mac. It works in fields, but not over a dialog. */
export function isPaletteKey(event: KeyboardEvent): boolean {
  const isModified = isMac() ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey;
  return isModified && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k" && !isOverlayOpen();
}

export const isMac = (): boolean => /^(?:Mac|iP)/.test(navigator.platform);

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !["checkbox", "radio", "button", "submit"].includes(target.type);
  return target.isContentEditable || target.closest("textarea, select, [role=textbox], [role=combobox]") !== null;
}

/** True while a dialog or a menu is open: it has the keys, and nothing may open over it. */
export function isOverlayOpen(): boolean {
  return document.querySelector("[role=dialog], [role=alertdialog], [role=menu]") !== null;
}
