// Labelling by the keyboard: Enter keeps the plate, F2 to F4 the other answers.
const form = document.getElementById("labels");
document.addEventListener("keydown", (event) => {
  const button = form?.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!button || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  button.click();
});
