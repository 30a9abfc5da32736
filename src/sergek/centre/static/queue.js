// The queue: one key begins the review.
import { typing } from "./keys.js";

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || typing(event)) return;
  if (event.code === "KeyO") document.getElementById("begin")?.click();
});
