// Whether a key press belongs to a field or an open dialogue, not to the page.
export const typing = (event) =>
  Boolean(event.target.closest?.("input, select, textarea, [contenteditable]")) ||
  Boolean(document.querySelector("dialog[open]"));
