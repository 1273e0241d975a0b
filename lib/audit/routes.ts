import { listAuditEvents } from "@/lib/audit/operations";
import { auditPageSchema } from "@/lib/audit/schema";
import { type Endpoint, endpoint } from "@/lib/http/endpoint";

/** Who changed what. */
export const auditEndpoints: Endpoint[] = [
  endpoint({
    method: "GET",
    path: "/v4/account/audit-events",
    tag: "Usage and audit",
    summary: "The audit log, newest first",
    description:
      "Every change, and every refused one and refused sign-in. A key sees what was done to keys that it can see or by them, and what it did itself.",
    status: 200,
    response: auditPageSchema,
    operation: listAuditEvents,
  }),
];
