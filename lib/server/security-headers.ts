const ON_EVERY_RESPONSE: Record<string, string> = {
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
};

const HSTS = { "Strict-Transport-Security": "max-age=31536000" };

/** The headers of every answer of the API. Nothing that it answers is a document. */
export const apiHeaders = (https: boolean): Record<string, string> => ({
  ...securityHeaders(https),
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
});

/** The headers of every response. HSTS only where the console is on HTTPS: elsewhere it would lock its users out. */
export const securityHeaders = (https: boolean): Record<string, string> =>
  https ? { ...ON_EVERY_RESPONSE, ...HSTS } : ON_EVERY_RESPONSE;

/** A page's policy: only scripts and style sheets with this response's nonce. `dev`: Next's development client evals. */
export function pageContentSecurityPolicy(nonce: string, dev = false): string {
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${dev ? " 'unsafe-eval'" : ""}`,
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}
