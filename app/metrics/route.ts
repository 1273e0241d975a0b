import { nextMount } from "@/lib/http/next-mount";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = nextMount;
