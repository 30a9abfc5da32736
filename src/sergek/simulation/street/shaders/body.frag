in vec3 at; in vec3 facing; in vec2 texel; out vec4 colour;
uniform sampler2D paint; uniform sampler2D mask; uniform sampler2D depth;
uniform vec3 eye; uniform vec3 ahead; uniform vec3 plain; uniform float textured; uniform float masked;
uniform float coat; uniform vec2 lamp; uniform float head_glow; uniform float tail_glow;
uniform vec3 emission; uniform float retro; uniform int self; uniform float plate;
// A plate as a lens shows it: the mean light of what the pixel sees of it, from a sheared grid of
// spots. Mipmaps smear its white margin inwards, but never over its end, and what lies beyond the
// end is no part of it: with either, plates come out up to 0.8 % too narrow.
vec3 face() {
  const int fine = 8;
  vec2 dx = dFdx(texel), dy = dFdy(texel), size = vec2(textureSize(paint, 0));
  vec3 sum = vec3(0.0); float inside = 0.0;
  for (int i = 0; i < fine * fine; ++i) {
    vec2 cell = (vec2(float(i % fine), float(i / fine)) + 0.5) / float(fine);
    cell += (cell.yx - 0.5) / float(fine) - 0.5;
    vec2 spot = texel + cell.x * dx + cell.y * dy, held = clamp(spot, 0.0, 0.9999);
    float share = float(abs(spot.x - 0.5) < 0.5 && abs(spot.y - 0.5) < 0.5) + 1e-6;
    sum += share * pow(texelFetch(paint, ivec2(held * size), 0).rgb, vec3(2.2)); inside += share;
  }
  return sum / inside;
}
void main() {
  float z = dot(at - eye, ahead);
  float wall = texelFetch(depth, ivec2(gl_FragCoord.xy), 0).r;
  if (wall < z - 0.7) discard;
  vec3 n = normalize(facing), v = normalize(eye - at);
  if (dot(n, v) < 0.0) n = -n;
  vec3 base = plain;
  if (plate > 0.5) base = face();
  else if (textured > 0.5) base = pow(texture(paint, texel).rgb, vec3(2.2));
  vec4 m = masked > 0.5 ? texture(mask, texel) : vec4(0.0, lamp.x, 0.0, lamp.y);
  float glass = m.r, plastic = max(m.b, masked > 0.5 ? 0.0 : (coat > 0.5 ? 0.0 : 0.7));
  float open = mix(0.34, 1.0, smoothstep(0.0, 0.8, at.z));
  open = mix(open, 1.0, clamp(n.z, 0.0, 1.0) * 0.6);
  vec3 above = heaven(normalize(n + vec3(0, 0, 0.4)), 0.95);
  vec3 below = heaven(vec3(0, 0, -1), 0.9) ;
  vec3 ambient = mix(below, above, n.z * 0.5 + 0.5) * open;
  float nl = max(dot(n, to_sun), 0.0);
  vec3 lit = beams(at, n, self), light = ambient + sun * nl + lamps(at, n) + lit;
  vec3 c = base * (1.0 - 0.8 * glass) * light;
  float gloss = mix(mix(0.10, 0.03, glass), 0.55, plastic);
  float f = 0.04 + 0.96 * pow(1.0 - max(dot(n, v), 0.0), 5.0);
  f *= (1.0 - plastic * 0.85);
  f = min(f, 0.55);
  vec3 mirror = heaven(reflect(-v, n), gloss);
  c = mix(c, mirror * mix(open, 1.0, 0.5), f);
  vec3 h = normalize(to_sun + v);
  float spark = pow(max(dot(n, h), 0.0), mix(1400.0, 30.0, plastic)) * mix(5.0, 0.12, plastic) * step(0.001, nl);
  c += sun * spark * f * 4.0;
  c += retro * base * lit * 2.0;
  c += base * (m.g * head_glow) + vec3(1.0, 0.03, 0.02) * (m.a * tail_glow);
  colour = seen(c + emission);
}
