import { BoundedMap } from "@/lib/bounded-map";
import {
  formatIpAddress,
  type IpAddress,
  isMapped,
  MAX_ADDRESS_LENGTH,
  parseIpAddress,
  unmapped,
} from "@/lib/ip-address";

export type ParsedIpRule = { ok: true; rule: string; wildcard: boolean } | RefusedIpRule;
export type RefusedIpRule = {
  ok: false;
  code: "invalid_cidr" | "host_bits_set";
  /** Names the entry, says what is wrong with it and how to write it. */
  detail: string;
  /** Entries that could have been meant, in canonical form. */
  suggestions?: string[];
};

/**
 * Reads one entry of "Allowed IPs": an address or a CIDR range. The canonical form is RFC 5952, a single address
 * without a prefix length, and IPv4-mapped entries as the IPv4 that they stand for. Whatever two programs could read
 * differently is refused (leading zeros, hexadecimal, netmasks, zones, white space, host bits), never guessed at.
 * `wildcard`: the rule admits every address of its family.
 */
export function parseIpRule(text: string): ParsedIpRule {
  const read = readRange(text);
  return read.ok ? { ok: true, rule: formatRange(read.range), wildcard: read.range.prefix === 0 } : read;
}

/**
 * The canonical form of a client's address, an IPv4-mapped one as IPv4. Null for whatever is not plainly one
 * address: then a key with rules admits nobody.
 */
export const parseAddress = (text: string): string | null => clientOf(text)?.text ?? null;

type Client = { text: string; address: IpAddress };

// The same clients and proxies come again and again.
const clients = new BoundedMap<Client | null>(10_000);

function clientOf(text: string): Client | null {
  return text.length > MAX_ADDRESS_LENGTH ? null : clients.getOrMake(text, readClient);
}

function readClient(text: string): Client | null {
  const read = parseIpAddress(text);
  const address = read && unmapped(read);
  return address && { text: formatIpAddress(address), address };
}

/**
 * Whether a client may use a key with these rules. No rules admit everyone; with rules, an address that is unknown
 * (null) or unreadable is denied. The families are independent: `::/0` admits no IPv4 client. A stored rule that
 * cannot be read admits nobody.
 */
export function matchesIpRules(rules: readonly string[], address: string | null): boolean {
  if (rules.length === 0) return true;
  const client = address === null ? null : clientOf(address);
  if (client === null) return false;
  const { family, value } = client.address;
  return intervalsOf(rules)[family].some(({ first, last }) => first <= value && value <= last);
}

/**
 * Those rules of `inner` that admit an address which `outer` taken together does not. Empty when `inner` lies
 * within. No rules at all admit more than any rules do, both wildcards together too: an address that nobody knows. They
 * are told as the wildcards. An unreadable inner rule is never within a restricted `outer`.
 */
export function ipRulesWithin(inner: readonly string[], outer: readonly string[]): string[] {
  if (outer.length === 0) return [];
  const union = intervalsOf(outer);
  const beyond = (rules: readonly string[]) =>
    rules.filter((rule) => {
      const read = readRange(rule);
      if (!read.ok) return true;
      const { first, last } = intervalOf(read.range);
      return !union[read.range.address.family].some((allowed) => allowed.first <= first && last <= allowed.last);
    });
  if (inner.length > 0) return beyond(inner);
  const families = beyond(EVERY_ADDRESS);
  return families.length > 0 ? families : [...EVERY_ADDRESS];
}

const EVERY_ADDRESS = ["0.0.0.0/0", "::/0"] as const;

type Range = { address: IpAddress; prefix: number };
type Interval = { first: bigint; last: bigint };
type Intervals = Record<4 | 6, Interval[]>;

// Reading a hundred rules takes over a hundred microseconds, and every request of a key brings the same ones: often
// the very same list, from the cache of keys, else one that reads the same.
const byList = new WeakMap<readonly string[], Intervals>();
const byText = new BoundedMap<Intervals>(1_000);

function intervalsOf(rules: readonly string[]): Intervals {
  let intervals = byList.get(rules);
  if (intervals === undefined) {
    intervals = byText.getOrMake(JSON.stringify(rules), () => readIntervals(rules));
    byList.set(rules, intervals);
  }
  return intervals;
}

function readIntervals(rules: readonly string[]): Intervals {
  const read = rules.map(readRange);
  // A rule that cannot be read may have been the one that narrows: then the whole list admits nobody.
  const ranges = read.every(isRead) ? read.map(({ range }) => range) : [];
  const ofFamily = (family: 4 | 6) => merged(ranges.filter(({ address }) => address.family === family).map(intervalOf));
  return { 4: ofFamily(4), 6: ofFamily(6) };
}

const isRead = (read: ReturnType<typeof readRange>): read is { ok: true; range: Range } => read.ok;

/** Sorted and disjoint: overlapping and adjacent intervals become one, so that a range may span several rules. */
function merged(intervals: Interval[]): Interval[] {
  const result: Interval[] = [];
  for (const next of intervals.sort((a, b) => Number(a.first - b.first))) {
    const previous = result.at(-1);
    if (previous === undefined || next.first > previous.last + 1n) result.push({ ...next });
    else if (next.last > previous.last) previous.last = next.last;
  }
  return result;
}

function readRange(text: string): { ok: true; range: Range } | RefusedIpRule {
  const slash = text.indexOf("/");
  const addressText = slash === -1 ? text : text.slice(0, slash);
  const prefixText = slash === -1 ? null : text.slice(slash + 1);

  const written = parseIpAddress(addressText);
  if (written === null) return refused(text, whatIsWrongWith(addressText));
  const bits = bitsOf(written);
  const prefix = prefixText === null ? bits : prefixLength(prefixText, bits);
  if (prefix === null) return refusedPrefix(text, written, prefixText ?? "", bits);

  const range = canonicalRange(written, prefix);
  return range.address.value === networkOf(range) ? { ok: true, range } : refusedHostBits(text, range);
}

function intervalOf(range: Range): Interval {
  const first = networkOf(range);
  return { first, last: first + (1n << BigInt(bitsOf(range.address) - range.prefix)) - 1n };
}

const bitsOf = (address: IpAddress): number => (address.family === 4 ? 32 : 128);

function networkOf({ address, prefix }: Range): bigint {
  const hostBits = BigInt(bitsOf(address) - prefix);
  return (address.value >> hostBits) << hostBits;
}

/** A range inside `::ffff:0:0/96` is a range of IPv4; a wider one is a range of IPv6 that happens to contain it. */
function canonicalRange(address: IpAddress, prefix: number): Range {
  return isMapped(address) && prefix >= 96 ? { address: unmapped(address), prefix: prefix - 96 } : { address, prefix };
}

function formatRange({ address, prefix }: Range): string {
  return prefix === bitsOf(address) ? formatIpAddress(address) : `${formatIpAddress(address)}/${prefix}`;
}

function prefixLength(text: string, bits: number): number | null {
  if (!/^(?:0|[1-9][0-9]{0,2})$/.test(text)) return null;
  const prefix = Number(text);
  return prefix <= bits ? prefix : null;
}

function refused(entry: string, reason: string, suggestions?: string[]): RefusedIpRule {
  const hint = suggestions ? ` Write ${suggestions.join(" or ")}.` : "";
  const refusal = { ok: false, code: "invalid_cidr", detail: `${shown(entry)}: ${reason}${hint}` } as const;
  return suggestions ? { ...refusal, suggestions } : refusal;
}

function refusedHostBits(entry: string, range: Range): RefusedIpRule {
  const network = formatRange({ ...range, address: { ...range.address, value: networkOf(range) } });
  const single = formatIpAddress(unmapped(range.address));
  const detail = `${shown(entry)}: the address has bits set beyond the prefix length. Write ${network} for the whole range, or ${single} for the one address.`;
  return { ok: false, code: "host_bits_set", detail, suggestions: [network, single] };
}

function refusedPrefix(entry: string, address: IpAddress, prefixText: string, bits: number): RefusedIpRule {
  const family = `IPv${address.family}`;
  if (prefixText === "")
    return refused(entry, "the prefix length after the slash is missing.", [formatIpAddress(unmapped(address))]);
  if (/^[1-9][0-9]*$/.test(prefixText)) return refused(entry, `the prefix length is at most ${bits} for ${family}.`);

  const mask = parseIpAddress(prefixText);
  if (mask === null) return refused(entry, `the prefix length is a plain number from 0 to ${bits} for ${family}.`);
  const prefix = mask.family === address.family ? maskLength(mask) : null;
  if (prefix === null) return refused(entry, "a range ends in a prefix length, not in a second address.");
  const network = networkOf({ address, prefix });
  const meant = formatRange(canonicalRange({ ...address, value: network }, prefix));
  return refused(entry, "a range ends in a prefix length, not in a netmask.", [meant]);
}

/** The prefix length that a netmask stands for, or null if its ones are not all on the left. */
function maskLength(mask: IpAddress): number | null {
  const digits = mask.value.toString(2).padStart(bitsOf(mask), "0");
  return /^1*0*$/.test(digits) ? digits.lastIndexOf("1") + 1 : null;
}

function whatIsWrongWith(address: string): string {
  if (address === "") return "the address is missing.";
  if (/\s/.test(address)) return "an entry holds no white space; enter each address or range on its own.";
  if (address.includes("%")) return "an address with a zone (%) means something on one machine only.";
  if (/[[\]]/.test(address) || /^[0-9.]+:[0-9]+$/.test(address)) return "write the address without brackets and port.";
  if (/^[0-9.]+-[0-9.]+$/.test(address)) return "write a range with a prefix length, such as 192.0.2.0/24.";
  if (address.includes("*")) return "write a range with a prefix length, such as 192.0.2.0/24, not with an asterisk.";
  if (address.length > MAX_ADDRESS_LENGTH) return `an address has at most ${MAX_ADDRESS_LENGTH} characters.`;
  if (address.includes(":"))
    return "this is not an IPv6 address: eight groups of up to four hexadecimal digits, one run of zeros as ::.";
  if (/^(?:[0-9.]*\.)?0x/i.test(address)) return "write each number in decimal, not in hexadecimal.";
  if (!/^[0-9.]+$/.test(address)) return "this is not an IP address; host names are not accepted.";

  const octets = address.split(".");
  if (octets.length !== 4 || octets.includes("")) return "an IPv4 address has four numbers, such as 192.0.2.1.";
  const leadingZero = octets.find((octet) => octet.length > 1 && octet.startsWith("0"));
  if (leadingZero)
    return `"${leadingZero}" has a leading zero, which some programs read as octal; write the number without it.`;
  return "each number of an IPv4 address is at most 255.";
}

/** The entry as a message may quote it: bounded, and with nothing in it that could disturb a terminal or a page. */
function shown(entry: string): string {
  if (entry === "") return "Empty entry";
  const start = entry.slice(0, 64).replace(/[^\x20-\x7e]/g, "\uFFFD");
  return entry.length > 64 ? `${start}…` : start;
}
