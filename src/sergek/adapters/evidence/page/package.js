// The container, hashes and signature: the same steps as sergek/adapters/evidence/*.py.
"use strict";

const hex = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
const text = (bytes) => new TextDecoder("utf-8", { fatal: true }).decode(bytes);
const sha256 = async (bytes) => hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));

const CRC = Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n >>> 0;
});

function crc32(bytes) {
  let c = 0xffffffff;
  for (const b of bytes) c = CRC[(c ^ b) & 255] ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

function record(shape, values) {
  const out = new DataView(new ArrayBuffer(sum([...shape], (s) => (s === "I" ? 4 : 2))));
  let at = 0;
  [...shape].forEach((s, i) => {
    if (s === "I") out.setUint32(at, values[i], true);
    else out.setUint16(at, values[i], true);
    at += s === "I" ? 4 : 2;
  });
  return new Uint8Array(out.buffer);
}

// Items in their order; throws a key of TEXTS when the frame breaks off.
function unpack(data) {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const items = new Map();
  let at = 0;
  while (at + 30 <= data.length && view.getUint32(at, true) === 0x04034b50) {
    const size = view.getUint32(at + 22, true);
    const start = at + 30 + view.getUint16(at + 26, true);
    const name = new TextDecoder().decode(data.subarray(at + 30, start));
    if (!/^[a-z0-9][a-z0-9_.-]{0,63}$/.test(name) || items.has(name) || start + size > data.length) {
      throw new Error("damaged");
    }
    items.set(name, data.subarray(start, start + size));
    at = start + size;
  }
  if (!items.has("manifest.json") || !items.has("manifest.sig")) throw new Error("noPackage");
  return items;
}

// The parts of the container these items make: [place, bytes] in order.
function frame(items) {
  const first = ["manifest.json", "manifest.sig"];
  const names = first.concat([...items.keys()].filter((n) => !first.includes(n)).sort());
  const parts = [];
  const directory = [];
  let offset = 0;
  for (const name of names) {
    const data = items.get(name);
    const bytes = new TextEncoder().encode(name);
    const common = [0, 0, 0, 0x21, crc32(data), data.length, data.length, bytes.length, 0];
    const header = record("IHHHHHIIIHH", [0x04034b50, 20, ...common]);
    // A checksum that does not fit tells only that a byte of its file was changed, not which.
    parts.push([`header of ${name}`, header.subarray(0, 14)], [name, header.subarray(14, 18)]);
    parts.push([`header of ${name}`, header.subarray(18)], [`header of ${name}`, bytes], [name, data]);
    directory.push(
      record("IHHHHHHIIIHHHHHII", [0x02014b50, 20, 20, ...common, 0, 0, 0, 0, offset]),
      bytes,
    );
    offset += header.length + bytes.length + data.length;
  }
  const size = sum(directory, (d) => d.length);
  directory.push(record("IHHHHIIH", [0x06054b50, 0, 0, names.length, names.length, size, offset, 0]));
  return parts.concat(directory.map((d) => ["directory at the end", d]));
}

// Where the file differs from the frame its items make, or null.
function strangeByte(data, items) {
  let at = 0;
  for (const [place, bytes] of frame(items)) {
    for (let i = 0; i < bytes.length; i++, at++) {
      if (data[at] !== bytes[i]) return items.has(place) ? place : `${at}, ${place}`;
    }
  }
  return at === data.length ? null : `${at}, after the end`;
}

// Ed25519 after RFC 8032, for browsers whose WebCrypto lacks it. Verification only.
const P = 2n ** 255n - 19n;
const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const mod = (a, m = P) => ((a % m) + m) % m;

function power(base, exponent) {
  let result = 1n;
  for (let b = mod(base), e = exponent; e > 0n; e >>= 1n, b = mod(b * b)) {
    if (e & 1n) result = mod(result * b);
  }
  return result;
}

const D = mod(-121665n * power(121666n, P - 2n));
const little = (bytes) => bytes.reduceRight((n, b) => (n << 8n) | BigInt(b), 0n);

function addPoints([x1, y1, z1, t1], [x2, y2, z2, t2]) {
  const a = mod((y1 - x1) * (y2 - x2));
  const b = mod((y1 + x1) * (y2 + x2));
  const c = mod(2n * t1 * t2 * D);
  const d = mod(2n * z1 * z2);
  const [e, f, g, h] = [b - a, d - c, d + c, b + a];
  return [mod(e * f), mod(g * h), mod(f * g), mod(e * h)];
}

function times(point, n) {
  let result = [0n, 1n, 1n, 0n];
  for (let p = point; n > 0n; n >>= 1n, p = addPoints(p, p)) {
    if (n & 1n) result = addPoints(result, p);
  }
  return result;
}

function pointOf(bytes) {
  const number = little(bytes);
  const y = number & ((1n << 255n) - 1n);
  if (y >= P) return null;
  const x2 = mod((y * y - 1n) * power(D * y * y + 1n, P - 2n));
  let x = power(x2, (P + 3n) / 8n);
  if (mod(x * x - x2) !== 0n) x = mod(x * power(2n, (P - 1n) / 4n));
  if (mod(x * x - x2) !== 0n) return null;
  if ((x & 1n) !== number >> 255n) x = mod(-x);
  return [x, y, 1n, mod(x * y)];
}

async function ed25519Own(publicKey, signature, message) {
  const base = pointOf(Uint8Array.from([0x58, ...Array(31).fill(0x66)]));
  const [a, r] = [pointOf(publicKey), pointOf(signature.subarray(0, 32))];
  const s = little(signature.subarray(32));
  if (a === null || r === null || s >= L || signature.length !== 64) return false;
  const whole = Uint8Array.from([...signature.subarray(0, 32), ...publicKey, ...message]);
  const h = mod(little(new Uint8Array(await crypto.subtle.digest("SHA-512", whole))), L);
  const [left, right] = [times(base, s), addPoints(r, times(a, h))];
  return (
    mod(left[0] * right[2] - right[0] * left[2]) === 0n &&
    mod(left[1] * right[2] - right[1] * left[2]) === 0n
  );
}

async function ed25519(publicKey, signature, message) {
  try {
    const key = await crypto.subtle.importKey("raw", publicKey, "Ed25519", false, ["verify"]);
    return await crypto.subtle.verify("Ed25519", key, signature, message);
  } catch {
    return ed25519Own(publicKey, signature, message);
  }
}

function refusal(key, role, when) {
  const at = (moment) => (moment === null ? Infinity : Date.parse(moment));
  if (key.role !== role) return "keyRole";
  if (when >= at(key.revoked_from)) return "keyRevoked";
  if (when < at(key.valid_from) || when >= at(key.valid_until)) return "keyTime";
  return null;
}

async function checkTrust(items, manifest, trust) {
  const key = trust.keys.find((k) => k.fingerprint === manifest.signer);
  if (key === undefined) return [["trust", false, "keyUnknown", manifest.signer.slice(0, 16)]];
  const raw = Uint8Array.from(atob(key.public_key), (c) => c.charCodeAt(0));
  const role = manifest.kind === "original" ? "device" : "centre";
  const why = refusal(key, role, Date.parse(manifest.created_at));
  const good =
    (await sha256(raw)) === key.fingerprint &&
    (await ed25519(raw, items.get("manifest.sig"), items.get("manifest.json")));
  return [
    ["trust", why === null, why ?? "keyGood", key.owner],
    ["signature", good, good ? "signatureGood" : "signatureBad", ""],
  ];
}

// The time stamp (RFC 3161): whether it is for this signature, and what time it says. The chain
// of its authority's certificates is checked by the command alone.
async function checkStamp(items) {
  if (!items.has("manifest.tsr")) return [];
  const stamp = items.get("manifest.tsr");
  const digest = await sha256(items.get("manifest.sig"));
  const at = hex(stamp).indexOf(digest);
  if (at < 0 || at % 2 === 1) return [["stamp", false, "stampOther", ""]];
  const rest = String.fromCharCode(...stamp.subarray(at / 2 + 32));
  const said = /\x18.(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)[\d.]*Z/s.exec(rest);
  if (said === null) return [["stamp", false, "unreadable", ""]];
  const [, year, month, day, hour, minute, second] = said;
  return [["stamp", true, "stampSays", `${year}-${month}-${day} ${hour}:${minute}:${second} UTC`]];
}

function checkSpeed(items) {
  const accused = JSON.parse(text(items.get("violation.json")));
  if (!items.has("measurement.json")) {
    return accused.offence === "speeding" ? [["speed", false, "speedMissing", ""]] : [];
  }
  const { inputs, result } = JSON.parse(text(items.get("measurement.json")));
  const found = measure(inputs);
  const near = (a, b) => a === undefined || a === null || Math.abs(a - b) < 1e-4;
  const same =
    Math.abs(result.kmh - found.kmh) < 1e-4 &&
    Math.abs(result.u_kmh - found.u_kmh) < 1e-4 &&
    near(accused.facts.speed_kmh, found.kmh);
  const said = `${found.kmh.toFixed(2)} ± ${found.u_kmh.toFixed(2)} km/h`;
  return [["speed", same, same ? "speedSame" : "speedOther", said]];
}

// The report: {ok, sha256, trustFingerprint, manifest, items, checks: [name, ok, key, detail]}.
async function verifyPackage(data, trustBytes) {
  const report = { ok: false, sha256: await sha256(data), manifest: null, items: null };
  report.trustFingerprint = await sha256(trustBytes);
  let items;
  let trust;
  try {
    trust = JSON.parse(text(trustBytes));
    if (trust.format !== "sergek-trust" || trust.version !== 1) throw new Error("noTrust");
  } catch {
    return { ...report, checks: [["trust", false, "noTrust", ""]] };
  }
  try {
    items = unpack(data);
  } catch (error) {
    return { ...report, checks: [["container", false, error.message, ""]] };
  }
  const strange = strangeByte(data, items);
  const checks = [["container", strange === null, strange ? "byteAt" : "allBytes", strange ?? ""]];
  try {
    const manifest = JSON.parse(text(items.get("manifest.json")));
    Object.assign(report, { manifest, items });
    const named = new Set(["manifest.json", "manifest.sig", "manifest.tsr"]);
    for (const item of manifest.items) {
      named.add(item.name);
      const same = items.has(item.name) && (await sha256(items.get(item.name))) === item.sha256;
      const key = same ? "hashSame" : items.has(item.name) ? "hashOther" : "missing";
      checks.push([item.name, same, key, ""]);
    }
    for (const name of items.keys()) if (!named.has(name)) checks.push([name, false, "unnamed", ""]);
    checks.push(...(await checkTrust(items, manifest, trust)));
    checks.push(...(await checkStamp(items)));
  } catch {
    checks.push(["manifest.json", false, "unreadable", ""]);
  }
  try {
    checks.push(...checkSpeed(items));
  } catch {
    checks.push(["speed", false, "unreadable", ""]);
  }
  return { ...report, checks, ok: checks.every((check) => check[1]) };
}
