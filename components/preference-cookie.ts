/**
 * Remembers a preference for a year on this browser, where the server reads it before it renders: nothing flashes. It
 * says nothing about the person, so no script needs to be kept from reading it.
 */
export function rememberPreference(name: string, value: string): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing on plain-http pages
  document.cookie = `${name}=${value}; Path=/; Max-Age=31536000; SameSite=Lax`;
}
