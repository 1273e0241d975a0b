/** @type {import("next").NextConfig} */
export default {
  poweredByHeader: false,
  typedRoutes: true,
  reactStrictMode: true,
  // The API answers compactly and the reverse proxy in front compresses; nothing secret is compressed beside input.
  compress: true,
  // Pages are never cached, so there is nothing to revalidate.
  generateEtags: false,
  // A redirect would lose a request's body; with it or without it, the address is the same page.
  skipTrailingSlashRedirect: true,
  serverExternalPackages: ["pg", "@node-rs/argon2", "pino", "@prisma/client", "@prisma/adapter-pg"],
  // `npm test` checks the types, of the tests too; a start need not.
  typescript: { ignoreBuildErrors: true },
  experimental: { strictRouteTypes: true },
};
