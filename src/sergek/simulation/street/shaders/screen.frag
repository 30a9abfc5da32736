in vec2 screen; out vec4 colour;
uniform sampler2D lit; uniform sampler2D shade; uniform sampler2D albedo; uniform sampler2D depth;
uniform sampler2D shadow; uniform vec3 eye; uniform mat3 rotation; uniform vec2 focal; uniform vec2 size;
const int CARS = 16;
uniform int car_count; uniform vec4 car_at[CARS]; uniform vec2 car_half[CARS];
float masked(vec2 q) {
  float sum = 0.0; vec2 step = 1.1 / size;
  for (int i = -1; i <= 1; i++) for (int j = -1; j <= 1; j++) sum += texture(shadow, q + vec2(i, j) * step).r;
  return sum / 9.0;
}
void main() {
  float z = texture(depth, screen).r;
  vec2 pixel = vec2(screen.x * size.x, (1.0 - screen.y) * size.y) - size * 0.5;
  vec3 ray = transpose(rotation) * vec3(pixel / focal, 1.0);
  vec3 p = eye + ray * z;
  vec3 bright = texture(lit, screen).rgb, dim = texture(shade, screen).rgb;
  float dark_share = p.z < 0.6 ? masked(screen) : 0.0;
  vec3 c = mix(bright, dim, dark_share);
  float open = 1.0;
  if (p.z < 0.4) for (int k = 0; k < car_count; k++) {
    vec2 d = p.xy - car_at[k].xy; float s = car_at[k].z, w = car_at[k].w;
    d = abs(vec2(d.x * w - d.y * s, d.x * s + d.y * w)) - car_half[k];
    float out_ = length(max(d, 0.0)) + min(max(d.x, d.y), 0.0);
    open *= 1.0 - 0.80 * smoothstep(0.42, -0.30, out_);
  }
  c *= open;
  vec3 surface = texture(albedo, screen).rgb;
  vec3 up = vec3(0, 0, 1);
  if (beam_count > 0 && z < 300.0) c += surface * open * beams(p, p.z < 0.6 ? up : -normalize(ray), -1);
  colour = seen(c);
}
