// The text of a message: text of users is never HTML, and web addresses are links. MessageLinks.cs does the same.

const ADDRESS = /\bhttps?:\/\/[^\s<>]+/gi;
const CLOSING_PUNCTUATION = ".,;:!?'\"…";

/** Splits a text into parts with a text and, for links, an address. */
export function splitLinks(text) {
  const parts = [];
  let end = 0;
  for (const { 0: found, index } of text.matchAll(ADDRESS)) {
    const address = trim(found);
    const url = URL.parse?.(address) ?? tryParse(address);
    if (!url?.host) continue;
    if (index > end) parts.push({ text: text.slice(end, index), address: null });
    parts.push({ text: address, address: url.href });
    end = index + address.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end), address: null });
  return parts;
}

/** Fills an element with a text and its links. */
export function showText(element, text) {
  element.replaceChildren(
    ...splitLinks(text).map((part) => {
      if (part.address === null) return part.text;
      const link = document.createElement("a");
      link.href = part.address;
      link.target = "_blank";
      link.rel = "noopener noreferrer nofollow";
      link.textContent = part.text;
      return link;
    }),
  );
  return element;
}

function tryParse(address) {
  try {
    return new URL(address);
  } catch {
    return null;
  }
}

/** Removes the punctuation of the sentence around an address. */
function trim(address) {
  for (; address.length > 0; address = address.slice(0, -1)) {
    const last = address.at(-1);
    const isUnbalanced =
      (last === ")" && address.split("(").length < address.split(")").length) || (last === "]" && !address.includes("["));
    if (!isUnbalanced && !CLOSING_PUNCTUATION.includes(last)) break;
  }
  return address;
}
