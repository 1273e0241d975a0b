import { cache } from "react";
import type { OpenApi } from "@/components/reference/document";
import { referenceOf, type Section } from "@/components/reference/reference";
import { getEnv } from "@/lib/env";
import { DESCRIBED } from "@/lib/http/endpoints";
import { openApiText } from "@/lib/http/openapi";

/** The reference, from the very document that `GET /v4/openapi.json` answers. */
export const loadReference = cache((): Section[] =>
  referenceOf(JSON.parse(openApiText(DESCRIBED)) as OpenApi, getEnv().url),
);
