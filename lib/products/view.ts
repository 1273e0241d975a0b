import { toUnixSeconds } from "@/lib/clock";
import type { ProductRow } from "@/lib/products/repository";
import type { Product } from "@/lib/products/schema";

/** The record as JSON. Lists only what is named here, so that a new column cannot leak. */
export function toProduct({ id, title, description, actions, retired_at }: ProductRow): Product {
  return { id, title, description, actions, retired_at: toUnixSeconds(retired_at) };
}
