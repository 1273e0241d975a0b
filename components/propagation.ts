/** Where a change is in force, as the server's answer says; undefined where it says nothing, or tells of one instance alone. */
export function inForceText(headers: Headers): string | undefined {
  const said = /^instances=(\d+); ms=(\d+(?:\.\d+)?)$/.exec(headers.get("latchkey-propagation") ?? "");
  if (!said) return undefined;
  const [instances, ms] = [Number(said[1]), Number(said[2])];
  if (instances < 2) return undefined;
  const time = ms < 1_000 ? `${Math.max(1, Math.round(ms))} ms` : `${(ms / 1_000).toFixed(1)} s`;
  return `In force on all ${instances} instances after ${time}.`;
}
