// A camera's page: its live picture.
import { Live } from "./live.js";

const picture = document.getElementById("picture");
const screen = document.createElement("div");
screen.className = "screen";
picture.append(screen);
new Live(screen, picture.dataset.camera);
