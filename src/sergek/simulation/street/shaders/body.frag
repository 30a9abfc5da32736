in vec3 at; in vec3 facing; in vec2 texel; out vec4 colour;
uniform sampler2D paint; uniform sampler2D mask; uniform sampler2D depth;
uniform vec3 eye; uniform vec3 ahead; uniform vec3 plain; uniform float textured; uniform float masked;
uniform float coat; uniform vec2 lamp; uniform float head_glow; uniform float tail_glow;
uniform vec3 emission; uniform float retro; uniform int self; uniform float plate;
// A plate as a lens shows it: the mean light of the pixel's whole footprint. Coarse mipmaps smear
// its white margin inwards but never over its end: plates looked 0.8 % too narrow.
vec3 face() {
  vec2 dx = dFdx(texel) / 4.0, dy = dFdy(texel) / 4.0;
  vec3 sum = vec3(0.0);
  for (int i = 0; i < 16; ++i) {
    vec2 spot = texel + (float(i % 4) - 1.5) * dx + (float(i / 4) - 1.5) * dy;
    sum += pow(textureGrad(paint, clamp(spot, 0.001, 0.999), dx, dy).rgb, vec3(2.2));
  }
  return sum / 16.0;
}
void main() {
  float z = dot(at - eye, ahead);
  float wall = texelFetch(depth, ivec2(gl_FragCoord.xy), 0).r;
  if (wall < z - 0.7) discard;
  vec3 n = normalize(facing), v = normalize(eye - at);
  if (dot(n, v) < 0.0) n = -n;
  vec3 base = plate > 0.5 ? face() : textured > 0.5 ? pow(texture(paint, texel).rgb, vec3(2.2)) : plain;
  vec4 m = masked > 0.5 ? texture(mask, texel) : vec4(0.0, lamp.x, 0.0, lamp.y);
  float glass = m.r, plastic = max(m.b, masked > 0.5 ? 0.0 : (coat > 0.5 ? 0.0 : 0.7));
  float open = mix(0.34, 1.0, smoothstep(0.0, 0.8, at.z));
  open = mix(open, 1.0, clamp(n.z, 0.0, 1.0) * 0.6);
  vec3 above = heaven(normalize(n + vec3(0, 0, 0.4)), 0.95);
  vec3 below = heaven(vec3(0, 0, -1), 0.9) ;
  vec3 ambient = mix(below, above, n.z * 0.5 + 0.5) * open;
  float nl = max(dot(n, to_sun), 0.0);
  vec3 light = ambient + sun * nl + lamps(at, n) + beams(at, n, self);
  vec3 c = base * (1.0 - 0.8 * glass) * light;
  float gloss = mix(mix(0.10, 0.03, glass), 0.55, plastic);
  float f = 0.04 + 0.96 * pow(1.0 - max(dot(n, v), 0.0), 5.0);
  f *= (1.0 - plastic * 0.85);
  f = min(f, 0.55);
  vec3 mirror = heaven(reflect(-v, n), gloss);
  c = mix(c, mirror * mix(open, 1.0, 0.5), f);
  vec3 h = normalize(to_sun + v);
  float spark = pow(max(dot(n, h), 0.0), mix(380.0, 30.0, plastic)) * mix(5.0, 0.12, plastic) * step(0.001, nl);
  c += sun * spark * f * 4.0;
  c += retro * base * beams(at, n, self) * 2.0;
  c += base * (m.g * head_glow) + vec3(1.0, 0.03, 0.02) * (m.a * tail_glow);
  colour = seen(c + emission);
}
