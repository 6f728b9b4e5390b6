// Shows times in the visitor's time zone.

const formats = {
  date: new Intl.DateTimeFormat(undefined, { dateStyle: "medium" }),
  time: new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" }),
  clock: new Intl.DateTimeFormat(undefined, { timeStyle: "short" }),
};

/** Converts the times below an element. Call it for content that was added later. */
export function showLocalTimes(root = document) {
  for (const time of root.querySelectorAll("time[data-local]")) {
    const date = new Date(time.dateTime);
    if (Number.isNaN(date.getTime())) continue;
    time.textContent = formats[time.dataset.local].format(date);
    time.title = date.toString();
  }
}

showLocalTimes();
