uniform sampler2D sky; uniform vec3 to_sun; uniform vec3 sun; uniform float exposure;
vec3 heaven(vec3 d, float rough) {
  vec2 q = vec2(0.5 - atan(d.y, d.x) / 6.2831853, 0.5 - asin(clamp(d.z, -1.0, 1.0)) / 3.14159265);
  return textureLod(sky, q, rough * 6.0).rgb;
}
/* What one sample gives to its pixel's light: a glint brighter than the sensor's range is cut, or
   one sample of it would turn a whole pixel white. */
vec4 seen(vec3 c) { return vec4(min(c * exposure * 0.85, vec3(4.0)), 1.0); }
/* Street lamps: warm pools on the ground; and the head lamps of the nearest vehicles. */
const int LAMPS = 24; const int BEAMS = 12;
uniform int lamp_count; uniform vec3 lamp_at[LAMPS]; uniform vec3 lamp_light;
uniform int beam_count; uniform vec4 beam_at[BEAMS]; uniform vec3 beam_along[BEAMS];
vec3 lamps(vec3 p, vec3 n) {
  vec3 sum = vec3(0);
  for (int k = 0; k < lamp_count; k++) {
    vec3 d = lamp_at[k] - p; float r2 = dot(d, d); d *= inversesqrt(r2);
    float cone = smoothstep(0.25, 0.75, d.z);
    sum += lamp_light * cone * max(dot(n, d), 0.0) / r2;
  }
  return sum;
}
/* A low beam: bright below the cut-off, spread sideways, from a point between both lamps. */
vec3 beams(vec3 p, vec3 n, int self) {
  vec3 sum = vec3(0);
  for (int k = 0; k < beam_count; k++) {
    if (k == self) continue;
    vec3 d = p - beam_at[k].xyz; float far = length(d); d /= far;
    float ahead = dot(d, beam_along[k]);
    if (ahead < 0.5) continue;
    float up = d.z, dip = (up + 0.035) / 0.05;
    float low = (1.0 - smoothstep(-0.012, 0.012, up)) * (0.25 + 0.75 * exp(-dip * dip));
    float wide = exp((ahead * ahead - 1.0) / 0.09); // the sine's square over 0.30's
    sum += vec3(1.0, 0.93, 0.80) * beam_at[k].w * low * wide * max(dot(n, -d), 0.04) / (6.0 + far * far);
  }
  return sum;
}
