#version 330
in vec3 place;
uniform mat4 model; uniform mat4 view_projection; uniform vec3 to_light;
void main() {
  vec4 world = model * vec4(place, 1.0);
  world.xyz -= to_light * (world.z / to_light.z);
  gl_Position = view_projection * vec4(world.xy, 0.003, 1.0);
}
