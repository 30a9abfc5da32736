#version 330
/* The pixel's light, mixed of all its samples as a sensor does it, as the picture shows it:
   Narkowicz's fit of the ACES film curve (2015), then sRGB's own curve by its usual 1/2.2. */
uniform sampler2D light; out vec4 colour;
void main() {
  vec3 c = texelFetch(light, ivec2(gl_FragCoord.xy), 0).rgb;
  c = c * (2.51 * c + 0.03) / (c * (2.43 * c + 0.59) + 0.14);
  colour = vec4(pow(clamp(c, 0.0, 1.0), vec3(1.0 / 2.2)), 1.0);
}
