// Shows pictures and plain text that were handed in. The file itself is only ever downloaded: a picture is shown from its bytes, and a
// text as text, so that nothing in them can run.

const maxBytes = 5 * 1024 * 1024;
const maxCharacters = 20_000;
const pictures = { png: "image/png", jpg: "image/jpeg", jpeg: "image/jpeg", gif: "image/gif", webp: "image/webp" };
const texts = new Set(["txt", "md", "csv", "srt"]);

function toDataUrl(bytes, type) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(new Blob([bytes], { type }));
  });
}

async function preview(place) {
  const { name, preview: address } = place.dataset;
  const extension = name.split(".").at(-1).toLowerCase();
  const type = pictures[extension];
  if (!type && !texts.has(extension)) return;
  const response = await fetch(address);
  if (!response.ok || Number(response.headers.get("Content-Length")) > maxBytes) return;
  const bytes = await response.arrayBuffer();
  if (bytes.byteLength > maxBytes) return;
  if (type) {
    const picture = new Image();
    picture.alt = name;
    picture.src = await toDataUrl(bytes, type);
    await picture.decode();
    place.append(picture);
  } else {
    const text = new TextDecoder().decode(bytes);
    const block = document.createElement("pre");
    block.tabIndex = 0;
    block.setAttribute("role", "region");
    block.setAttribute("aria-label", name);
    block.textContent = text.length > maxCharacters ? `${text.slice(0, maxCharacters)}\n…` : text;
    place.append(block);
  }
}

// A file that cannot be shown can still be downloaded.
for (const place of document.querySelectorAll("[data-preview]")) preview(place).catch(() => {});
