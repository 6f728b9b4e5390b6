// Suggests movies while an instructor names the movie of a lecture.

const delayMs = 200;

for (const area of document.querySelectorAll("[data-movie]")) {
  const input = area.querySelector("input[list]");
  const list = area.querySelector("datalist");
  const [id, title] = ["movieId", "movieTitle"].map((name) => area.querySelector(`input[name=${name}]`));
  let movies = [];
  let timer = 0;

  const suggest = async () => {
    const query = new URLSearchParams({ search: input.value, limit: "8" });
    const response = await fetch(`/api/movies?${query}`, { headers: { Accept: "application/json" } });
    if (!response.ok) return;
    movies = (await response.json()).items;
    list.replaceChildren(
      ...movies.map((movie) => {
        const option = document.createElement("option");
        option.value = movie.title;
        option.textContent = movie.year ?? "";
        return option;
      }),
    );
    choose();
  };

  /** Remembers which movie the text names, if it is exactly one. */
  const choose = () => {
    const named = movies.filter((movie) => movie.title === input.value);
    if (named.length !== 1) return;
    id.value = named[0].id;
    title.value = named[0].title;
  };

  input.addEventListener("input", () => {
    choose();
    clearTimeout(timer);
    // The form works without suggestions.
    if (input.value.trim().length > 1) timer = setTimeout(() => suggest().catch(() => {}), delayMs);
  });
}
