// Pages of the precinct service and the plans: what every one of them has.
for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => window.print());
