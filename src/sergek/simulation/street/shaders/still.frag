in vec3 at; in vec3 facing; in vec2 texel;
layout(location = 0) out vec4 lit; layout(location = 1) out vec4 shade; layout(location = 2) out vec4 albedo;
uniform sampler2D paint; uniform sampler2DShadow shadow_map; uniform mat4 sun_view;
uniform vec3 eye; uniform vec3 ahead; uniform vec3 plain; uniform float textured; uniform float rough;
float sunlit() {
  vec3 q = (sun_view * vec4(at, 1.0)).xyz * 0.5 + 0.5;
  float sum = 0.0; vec2 step = 1.0 / vec2(textureSize(shadow_map, 0));
  for (int i = -1; i <= 1; i++) for (int j = -1; j <= 1; j++)
    sum += texture(shadow_map, vec3(q.xy + vec2(i, j) * step, q.z - 0.0012));
  return sum / 9.0;
}
void main() {
  vec3 n = normalize(facing), v = normalize(eye - at);
  if (dot(n, v) < 0.0) n = -n;
  vec3 base = textured > 0.5 ? pow(texture(paint, texel).rgb, vec3(2.2)) : plain;
  float open = mix(0.55, 1.0, smoothstep(0.0, 2.5, at.z + max(n.z, 0.0) * 2.5));
  vec3 ambient = mix(heaven(vec3(0, 0, -1), 0.9), heaven(normalize(n + vec3(0, 0, 0.5)), 0.95), n.z * 0.5 + 0.5) * open;
  vec3 dim = base * (ambient + lamps(at, n));
  float f = 0.04 + 0.5 * pow(1.0 - max(dot(n, v), 0.0), 5.0);
  dim = mix(dim, heaven(reflect(-v, n), rough), f * (1.0 - rough));
  float far = dot(at - eye, ahead);
  float haze = 1.0 - exp(-max(far - 60.0, 0.0) / 900.0);
  vec3 air = heaven(vec3(0, 1, 0.35), 0.9);
  vec3 bright = dim + base * sun * max(dot(n, to_sun), 0.0) * sunlit();
  lit = vec4(mix(bright, air, haze), far); shade = vec4(mix(dim, air, haze), 1.0); albedo = vec4(base, 1.0);
}
