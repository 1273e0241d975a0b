export type CopyResult = "copied" | "selected" | "failed";

/**
 * Puts `text` on the clipboard. Where the browser offers no clipboard (a page without https) it selects what `target`
 * shows and tries the old copy command; "selected" means that the reader has to press the copy keys.
 */
export async function copyText(text: string, target: HTMLElement | null): Promise<CopyResult> {
  try {
    await navigator.clipboard.writeText(text);
    return "copied";
  } catch {
    // Absent without https, or refused by the reader's settings: the selection below is the answer.
  }
  if (!target) return "failed";
  select(target);
  // Deprecated, but the only way to copy on a plain-http page.
  return document.execCommand("copy") ? "copied" : "selected";
}

function select(target: HTMLElement): void {
  if (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) {
    target.focus();
    target.select();
    return;
  }
  const range = document.createRange();
  range.selectNodeContents(target);
  const selection = window.getSelection();
  selection?.removeAllRanges();
  selection?.addRange(range);
}
