#version 330
in vec3 place; in vec3 normal; in vec2 uv;
uniform mat4 model; uniform mat4 view_projection;
out vec3 at; out vec3 facing; out vec2 texel;
void main() {
  vec4 world = model * vec4(place, 1.0);
  at = world.xyz; facing = mat3(model) * normal; texel = uv;
  gl_Position = view_projection * world;
}
