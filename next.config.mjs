/** @type {import("next").NextConfig} */
export default {
  poweredByHeader: false,
  typedRoutes: true,
  reactStrictMode: true,
  // The API answers compactly and the reverse proxy in front compresses; nothing secret is compressed beside input.
  compress: true,
  serverExternalPackages: ["pg", "@node-rs/argon2", "pino", "@prisma/client", "@prisma/adapter-pg"],
  experimental: { strictRouteTypes: true },
};
