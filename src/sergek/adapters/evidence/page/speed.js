// v ± U from the inputs of a measurement: the same steps as sergek/traffic/{lens,path,speed}.py.
// Camera parameters: focal, k1, k2, rotation vector (3), position (3); ground axes x, y, z.
"use strict";

const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const sum = (list, of) => list.reduce((total, item, i) => total + of(item, i), 0);

function rotation([x, y, z]) {
  const angle = Math.sqrt(x * x + y * y + z * z);
  const s = angle < 1e-12 ? 1 : Math.sin(angle) / angle;
  const c = angle < 1e-12 ? 0 : (1 - Math.cos(angle)) / (angle * angle);
  return [
    [1 - c * (y * y + z * z), c * x * y - s * z, c * x * z + s * y],
    [c * x * y + s * z, 1 - c * (x * x + z * z), c * y * z - s * x],
    [c * x * z - s * y, c * y * z + s * x, 1 - c * (x * x + y * y)],
  ];
}

// Unit vector in ground axes from the camera through a pixel.
function direction(p, turn, size, [u, v]) {
  const bx = (u - size[0] / 2) / p[0];
  const by = (v - size[1] / 2) / p[0];
  const bent = Math.sqrt(bx * bx + by * by);
  let r = bent;
  for (let i = 0; i < 6; i++) {
    const q = r * r;
    r -= (r * (1 + p[1] * q + p[2] * q * q) - bent) / (1 + 3 * p[1] * q + 5 * p[2] * q * q);
  }
  const scale = bent > 1e-12 ? r / bent : 1;
  const x = bx * scale;
  const y = by * scale;
  const n = Math.sqrt(x * x + y * y + 1);
  return [0, 1, 2].map((i) => (x * turn[0][i] + y * turn[1][i] + turn[2][i]) / n);
}

function raysOf(track, p) {
  const turn = rotation(p.slice(3, 6));
  return track.edges.map(([l, r]) => {
    const left = direction(p, turn, track.size, l);
    const right = direction(p, turn, track.size, r);
    const cross = [
      left[1] * right[2] - left[2] * right[1],
      left[2] * right[0] - left[0] * right[2],
      left[0] * right[1] - left[1] * right[0],
    ];
    const both = left.map((a, i) => a + right[i]);
    const n = Math.sqrt(dot(both, both));
    return { left, right, middle: both.map((a) => a / n), sine: Math.sqrt(dot(cross, cross)) };
  });
}

// Where the plate is at each picture as seen from the camera, from its apparent width alone.
function spotsOf(rays, width, heading, yaw) {
  const ahead = rays[0].middle[0] * Math.sin(heading) + rays[0].middle[1] * Math.cos(heading);
  const look = heading + (ahead >= 0 ? 0 : Math.PI) + yaw;
  const edge = [Math.cos(look) * width, -Math.sin(look) * width, 0];
  return rays.map(({ left, right, sine }) => {
    const toRight = dot(right, edge);
    const toLeft = dot(left, edge);
    const cosine = dot(left, right);
    const farRight = (toRight - cosine * toLeft) / (sine * sine);
    const farLeft = (cosine * toRight - toLeft) / (sine * sine);
    return [0, 1, 2].map((i) => (farRight * right[i] + farLeft * left[i]) / 2);
  });
}

function inverse3(m) {
  const [a, b, c, d, e, f] = [m[0][0], m[0][1], m[0][2], m[1][1], m[1][2], m[2][2]];
  const rows = [
    [d * f - e * e, c * e - b * f, b * e - c * d],
    [c * e - b * f, a * f - c * c, b * c - a * e],
    [b * e - c * d, b * c - a * e, a * d - b * b],
  ];
  const det = a * rows[0][0] + b * rows[0][1] + c * rows[0][2];
  return rows.map((row) => row.map((x) => x / det));
}

function fitLine(omega, times, ground) {
  const total = sum(omega, (w) => w);
  const when = sum(omega, (w, i) => w * times[i]) / total;
  const tau = times.map((t) => t - when);
  const slope = [0, 1].map((k) => sum(omega, (w, i) => w * tau[i] * ground[i][k]));
  const heading = Math.atan2(slope[0], slope[1]);
  const unit = [Math.sin(heading), Math.cos(heading)];
  const s = ground.map((g) => g[0] * unit[0] + g[1] * unit[1]);
  const basis = tau.map((t) => [1, t, (t * t) / 2]);
  const normal = [0, 1, 2].map((i) =>
    [0, 1, 2].map((j) => sum(omega, (w, n) => w * basis[n][i] * basis[n][j])),
  );
  const inverse = inverse3(normal);
  const mean = sum(omega, (w, i) => w * s[i]) / total;
  const right = [0, 1, 2].map((i) => sum(omega, (w, n) => w * (s[n] - mean) * basis[n][i]));
  const fit = inverse.map((row) => dot(row, right));
  const residual = s.map((x, n) => x - mean - dot(basis[n], fit));
  return { when, heading, unit, basis, inverse, fit, residual };
}

function round(track, p, width, rays, heading, yaw, given) {
  const spots = spotsOf(rays, width, heading, yaw);
  const weight = rays.map((ray) => ray.sine * ray.sine);
  const mean = sum(weight, (w, i) => w * spots[i][2]) / sum(weight, (w) => w);
  const height = given === null ? p[8] + mean : given;
  const reach = rays.map((ray) => (height - p[8]) / ray.middle[2]);
  const ground = rays.map((ray, i) => [0, 1].map((k) => p[6 + k] + ray.middle[k] * reach[i]));
  const sigma = reach.map((r) => (r * r) / Math.abs(p[8] - height) / (2 * p[0]));
  const omega = sigma.map((s) => 1 / (s * s));
  const line = fitLine(omega, track.times, ground);
  const range = spots.map((spot) => Math.sqrt(dot(spot, spot)));
  const own = spots.map(
    (spot, i) =>
      spot[0] * line.unit[0] + spot[1] * line.unit[1] - (line.fit[2] * line.basis[i][1] ** 2) / 2,
  );
  const w2 = range.map((r) => 1 / r ** 4);
  const when2 = sum(w2, (w, i) => w * track.times[i]) / sum(w2, (w) => w);
  const tau2 = track.times.map((t) => t - when2);
  const second =
    sum(w2, (w, i) => w * tau2[i] * own[i]) / sum(w2, (w, i) => w * tau2[i] * tau2[i]);
  return { speed: line.fit[1], height, second, line, ground, sigma, omega, rays };
}

function follow(track, { p = track.p, width = track.width, yaw = 0, from = null, height = null }) {
  const rays = raysOf(track, p);
  let heading = from === null ? track.heading : from.line.heading;
  let path;
  for (let i = 0; i < (from === null ? 3 : 2); i++) {
    path = round(track, p, width, rays, heading, yaw, height);
    heading = path.line.heading;
  }
  return path;
}

function trackOf(inputs) {
  const pose = inputs.pose;
  const middle = (c, i, j) => [(c[2 * i] + c[2 * j]) / 2, (c[2 * i + 1] + c[2 * j + 1]) / 2];
  return {
    p: pose.parameters,
    covariance: pose.covariance,
    size: [pose.width, pose.height],
    edges: inputs.corners.map((c) => [middle(c, 0, 3), middle(c, 1, 2)]),
    times: inputs.times_s.map(
      (t, n) =>
        t +
        (inputs.readout_s *
          (inputs.corners[n][1] + inputs.corners[n][3] + inputs.corners[n][5] + inputs.corners[n][7])) /
          4 /
          pose.height,
    ),
    width: inputs.plate.width_mm / 1000,
    heading: (inputs.heading_deg * Math.PI) / 180,
  };
}

function posePart(track, path) {
  const slopes = track.p.map((_, i) => {
    const spread = Math.sqrt(track.covariance[10 * i]);
    if (!(spread > 0)) return 0;
    const p = track.p.slice();
    p[i] += 0.1 * spread;
    return (follow(track, { p, from: path }).speed - path.speed) / (0.1 * spread);
  });
  return Math.sqrt(
    sum(slopes, (a, i) => sum(slopes, (b, j) => a * b * track.covariance[9 * i + j])),
  );
}

// Everything the package states: {kmh, u_kmh, second_kmh, height_m, media_s}.
function measure(inputs) {
  const track = trackOf(inputs);
  const path = follow(track, {});
  const count = track.times.length;
  const { line } = path;
  const freedom = Math.max(count - 3, 1);
  const noise = Math.sqrt(sum(path.omega, (w, i) => w * line.residual[i] ** 2) / freedom) / 2;
  const sigma = Math.max(inputs.corner_sigma_px, 2 * noise);
  const from = path;
  const slope =
    (follow(track, { width: track.width * 1.001, from }).speed - path.speed) /
    (track.width * 0.001);
  const yaw = (follow(track, { yaw: 1e-3, from }).speed - path.speed) / 1e-3;
  const perM = (follow(track, { height: path.height + 0.01, from }).speed - path.speed) / 0.01;
  const angles = sum(path.rays, (ray) => ray.sine ** 2);
  const uHeight = (Math.abs(track.p[8] - path.height) * sigma) / track.p[0] / Math.sqrt(angles);
  const seen = (sum(path.rays, (ray) => ray.sine) / count) * track.p[0];
  const influence = line.basis.map((b, i) => dot(line.inverse[1], b) * path.omega[i]);
  const scatter = (of) => Math.sqrt(sum(influence, (f, i) => (f * of(i)) ** 2));
  const jitter = scatter(() => path.speed * inputs.time_sigma_s);
  const parts = [
    posePart(track, path),
    (slope * inputs.plate.sigma_mm) / 1000,
    (yaw * inputs.plate_yaw_sigma_deg * Math.PI) / 180,
    perM * uHeight,
    (slope * track.width * 2 * inputs.corner_bias_px) / seen,
    scatter((i) => path.sigma[i] * sigma),
    Math.hypot(jitter, path.speed * inputs.rate_sigma),
  ];
  return {
    kmh: path.speed * 3.6,
    u_kmh: 2 * 3.6 * Math.sqrt(sum(parts, (x) => x * x)),
    second_kmh: path.second * 3.6,
    height_m: path.height,
    media_s: line.when,
  };
}
