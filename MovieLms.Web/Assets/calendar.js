// Moves the events of the calendar to their days in the visitor's time zone, and shows their times in it.

const calendar = document.getElementById("calendar");
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const pad = (number) => String(number).padStart(2, "0");

/** Returns the day of a time in the visitor's time zone, such as 2026-11-05. */
function getDay(time) {
  return `${time.getFullYear()}-${pad(time.getMonth() + 1)}-${pad(time.getDate())}`;
}

if (calendar !== null) {
  const lists = new Map([...calendar.querySelectorAll("[data-day]")].map((day) => [day.dataset.day, day.querySelector(".events")]));
  // Their order is that of their times, so it stays the same within each day.
  const events = [...calendar.querySelectorAll("[data-at]")].sort((a, b) => a.dataset.at.localeCompare(b.dataset.at));
  const hidden = calendar.querySelector("ul[hidden]");
  for (const event of events) {
    const time = new Date(event.dataset.at);
    event.querySelector("time").textContent = clock.format(time);
    (lists.get(getDay(time)) ?? hidden).append(event);
  }
  const today = getDay(new Date());
  for (const day of calendar.querySelectorAll("[data-day]")) {
    if (day.dataset.day === today) day.setAttribute("aria-current", "date");
    else day.removeAttribute("aria-current");
  }
  const empty = document.getElementById("calendar-empty");
  if (empty !== null) empty.hidden = calendar.querySelector(".day:not(.day-other) .event") !== null;
  const zone = document.getElementById("calendar-zone");
  zone.textContent = `Times are in your time zone, ${Intl.DateTimeFormat().resolvedOptions().timeZone}.`;
}
