const store = globalThis as { __latchkeyDraining?: boolean };

/** From now on this process finishes what it has begun; `/readyz` says so, for a load balancer to move away. */
export function startDraining(): void {
  store.__latchkeyDraining = true;
}

/** Whether this process is about to end. */
export const isDraining = (): boolean => store.__latchkeyDraining === true;
