import { importEndpoints } from "@/lib/api-keys/import-routes";
import { regionKeyEndpoints } from "@/lib/api-keys/region-routes";
import { apiKeyEndpoints } from "@/lib/api-keys/routes";
import { verifyEndpoints } from "@/lib/api-keys/verify-routes";
import { auditEndpoints } from "@/lib/audit/routes";
import { decisionEndpoints } from "@/lib/decisions/routes";
import type { Endpoint } from "@/lib/http/endpoint";
import { openApiEndpoint } from "@/lib/http/openapi";
import { operationalEndpoints } from "@/lib/http/operational";
import { memberEndpoints } from "@/lib/members/routes";
import { organizationEndpoints } from "@/lib/organizations/routes";
import { productEndpoints } from "@/lib/products/routes";
import { regionEndpoints } from "@/lib/regions/routes";
import { sessionEndpoints } from "@/lib/sessions/routes";
import { subaccountEndpoints } from "@/lib/subaccounts/routes";
import { usageEndpoints } from "@/lib/usage/routes";

/** What the OpenAPI document and the reference describe. */
export const DESCRIBED: Endpoint[] = [
  ...apiKeyEndpoints,
  ...importEndpoints,
  ...regionKeyEndpoints,
  ...verifyEndpoints,
  ...decisionEndpoints,
  ...usageEndpoints,
  ...auditEndpoints,
  ...regionEndpoints,
  ...subaccountEndpoints,
  ...productEndpoints,
  ...memberEndpoints,
  ...organizationEndpoints,
  ...sessionEndpoints,
];

/** Every path that the API app serves. Fixed paths stand before those with a parameter in their place. */
export const ENDPOINTS: Endpoint[] = [...DESCRIBED, openApiEndpoint(DESCRIBED), ...operationalEndpoints];
