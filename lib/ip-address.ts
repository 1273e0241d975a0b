/** An address as a number of 32 or 128 bits, so that ranges can be compared exactly. */
export type IpAddress = { family: 4 | 6; value: bigint };

/** The longest spelling of an address: eight groups of four, the last two written as IPv4. */
export const MAX_ADDRESS_LENGTH = "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255".length;

const MAPPED_PREFIX = 0xffffn;

/**
 * Reads an address in the one spelling of each family that nobody reads differently: four decimal numbers without
 * leading zeros, or RFC 4291 groups of hexadecimal digits without a zone. Null for anything else. An IPv4-mapped
 * address (`::ffff:192.0.2.1`) stays IPv6 here; `unmapped` makes it IPv4.
 */
export function parseIpAddress(text: string): IpAddress | null {
  if (text.length > MAX_ADDRESS_LENGTH) return null;
  const family = text.includes(":") ? 6 : 4;
  const value = family === 6 ? ipv6Value(text) : ipv4Value(text);
  return value === null ? null : { family, value };
}

/** Whether the address lies in `::ffff:0:0/96`, where a dual-stack socket shows IPv4 clients. */
export function isMapped(address: IpAddress): boolean {
  return address.family === 6 && address.value >> 32n === MAPPED_PREFIX;
}

/** The IPv4 address inside an IPv4-mapped one; any other as it is. */
export function unmapped(address: IpAddress): IpAddress {
  return isMapped(address) ? { family: 4, value: address.value & 0xffff_ffffn } : address;
}

/** The canonical spelling (RFC 5952): lower case, no leading zeros, the first longest run of zero groups as `::`. */
export function formatIpAddress({ family, value }: IpAddress): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 0xffn).join(".");

  const groups = Array.from({ length: 8 }, (_, index) => (value >> BigInt(112 - 16 * index)) & 0xffffn);
  const { start, length } = longestZeroRun(groups);
  const hex = groups.map((group) => group.toString(16));
  if (length < 2) return hex.join(":");
  return `${hex.slice(0, start).join(":")}::${hex.slice(start + length).join(":")}`;
}

function ipv4Value(text: string): bigint | null {
  const octets = text.split(".");
  if (octets.length !== 4) return null;
  let value = 0n;
  for (const octet of octets) {
    if (!/^(?:0|[1-9][0-9]{0,2})$/.test(octet) || Number(octet) > 255) return null;
    value = (value << 8n) | BigInt(octet);
  }
  return value;
}

function ipv6Value(text: string): bigint | null {
  const halves = text.split("::");
  if (halves.length > 2) return null;
  const [head, tail] = halves.map((half, index) => groupsOf(half, index === halves.length - 1));
  if (!head || tail === null) return null;

  const written = head.length + (tail?.length ?? 0);
  // "::" stands for one group at least (RFC 4291, section 2.2).
  if (tail === undefined ? written !== 8 : written > 7) return null;
  const groups = [...head, ...Array<bigint>(8 - written).fill(0n), ...(tail ?? [])];
  return groups.reduce((value, group) => (value << 16n) | group, 0n);
}

/** The 16-bit groups of one side of "::". Only the last side may end in an IPv4 address. */
function groupsOf(half: string, isLast: boolean): bigint[] | null {
  if (half === "") return [];
  const parts = half.split(":");
  const groups: bigint[] = [];
  for (const [index, part] of parts.entries()) {
    if (isLast && index === parts.length - 1 && part.includes(".")) {
      const embedded = ipv4Value(part);
      if (embedded === null) return null;
      groups.push(embedded >> 16n, embedded & 0xffffn);
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(part)) return null;
      groups.push(BigInt(`0x${part}`));
    }
  }
  return groups;
}

function longestZeroRun(groups: readonly bigint[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (const [index, group] of groups.entries()) {
    if (group !== 0n) start = index + 1;
    else if (index + 1 - start > best.length) best = { start, length: index + 1 - start };
  }
  return best;
}

/**
 * Whom a limit on guessing counts: an IPv4 address by itself, an IPv6 one by its /64, which is what one customer gets
 * and can change addresses within (RFC 6177). "unknown" where there is no address.
 */
export function limitedNetwork(text: string | null): string {
  const address = text === null ? null : parseIpAddress(text);
  if (address === null) return "unknown";
  if (address.family === 4) return formatIpAddress(address);
  return `${formatIpAddress({ family: 6, value: (address.value >> 64n) << 64n })}/64`;
}
