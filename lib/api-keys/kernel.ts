import { z } from "zod";
import { idSchema } from "@/lib/api-keys/schema";
import type { RequestContext } from "@/lib/context";
import type { Tx } from "@/lib/db";
import { type InputParts, type MutationSpec, mutation, type Operation, type QuerySpec, query } from "@/lib/operation";
import { notBootstrapped } from "@/lib/organizations/signing-keys";
import type { Principal } from "@/lib/principal";

/** A key as principal exists only where keys are set up; a session may come before that. */
function requireSetUp(principal: Principal): void {
  if (principal.type === "user" && !principal.bootstrapped) throw notBootstrapped();
}

/** A read of the API-key domain: 409 `not_bootstrapped` until an owner has set up API keys. */
export function keyQuery<const P extends InputParts, T>(spec: QuerySpec<P, T>): Operation<P, T> {
  return query({
    ...spec,
    run: (context: RequestContext, input) => {
      requireSetUp(context.principal);
      return spec.run(context, input);
    },
  });
}

/** A change of the API-key domain: 409 `not_bootstrapped` until an owner has set up API keys. */
export function keyMutation<const P extends InputParts, T>(spec: MutationSpec<P, T>): Operation<P, T> {
  return mutation({
    ...spec,
    run: (scope, input) => {
      requireSetUp(scope.principal);
      return spec.run(scope, input);
    },
  });
}

/** The `{id}` of a path. */
export const keyParamsSchema = z.strictObject({ id: idSchema });

/** A key as what an audit event is about. */
export const targetOf = ({ id, name }: { id: string; name: string }) => ({ type: "api_key", id, name });

/** A change takes the turn of the key that the path names. */
export const lockTarget = (_tx: Tx, { params }: { params: { id: string } }) => ({ id: params.id });
