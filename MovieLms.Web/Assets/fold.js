// Folds long tables on small screens: <details open data-fold>. Without scripts they are open.

const isWide = matchMedia("(min-width: 1000px)");

function fold() {
  for (const area of document.querySelectorAll("[data-fold]")) area.open = isWide.matches;
}

isWide.addEventListener("change", fold);
fold();
