import { setFlagsFromString } from "node:v8";

// WebAssembly here is Prisma's query compiler, which runs when a statement is made for the first time. Optimizing it
// takes up to 90 MB, of which the allocator gives nothing back, and saves no time that could be measured.
setFlagsFromString("--no-wasm-tier-up");
setFlagsFromString("--no-wasm-dynamic-tiering");
