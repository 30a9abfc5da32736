// A camera's picture made fit to send: at most 1,600 pixels, JPEG, nothing of the camera's own data.
const LONGEST_PX = 1600;
const QUALITY = 0.82;

const hex = (bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

// Drawing anew leaves EXIF behind: when and where stand in the defect itself.
export async function prepared(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONGEST_PX / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  if (!blob) throw new Error("no picture");
  const bytes = await blob.arrayBuffer();
  return { digest: hex(await crypto.subtle.digest("SHA-256", bytes)), bytes };
}
