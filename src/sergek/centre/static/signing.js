// Choosing cases to sign: x marks the chosen row, Shift+A all of them, Enter opens the case.
import { typing } from "./keys.js";

const form = document.getElementById("signing");
const boxes = () => [...document.querySelectorAll("input[name=case_id]:not(:disabled)")];
const count = () => {
  const number = boxes().filter((box) => box.checked).length;
  document.getElementById("chosen").textContent = number;
  document.getElementById("sign").disabled = !number;
};
const all = () => {
  const rest = boxes().some((box) => !box.checked);
  for (const box of boxes()) box.checked = rest;
  count();
};
if (form) {
  form.addEventListener("change", count);
  document.getElementById("all").addEventListener("click", all);
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
    const inField = typing(event) && event.target.type !== "checkbox";
    if (inField) return;
    if (event.code === "KeyX") {
      const box = document.querySelector("tr.chosen input:not(:disabled)");
      if (box) box.checked = !box.checked;
    } else if (event.code === "KeyA" && event.shiftKey) all();
    else if (event.code === "KeyS" && event.shiftKey) form.requestSubmit(document.getElementById("sign"));
    else return;
    event.preventDefault();
    count();
  });
  count();
}
