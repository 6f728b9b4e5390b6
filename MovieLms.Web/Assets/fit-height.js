/** Makes a text field as high as its text, now and while the visitor writes. Call the result after the text was set. */
export function fitHeight(field) {
  const fit = () => {
    const border = field.offsetHeight - field.clientHeight;
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight + border}px`;
  };
  field.addEventListener("input", fit);
  return fit;
}
