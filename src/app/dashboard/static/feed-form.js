// Sends a supplier's feed.

import { field, h, refocus, show } from "./dom.js";
import { count } from "./format.js";
import { announce, attempt, faultBox } from "./notices.js";
import { upload } from "./upload.js";

const MOST = 64 * 1024 * 1024;
const TYPES = {
  csv: "text/csv", tsv: "text/csv", txt: "text/csv",
  json: "application/json", jsonl: "application/x-ndjson", ndjson: "application/x-ndjson",
};
const ACCEPTED = [...Object.keys(TYPES).map((ending) => `.${ending}`), ".gz"].join();

export function feedForm(open, { signal, again }) {
  const fault = faultBox();
  const progress = h("div", {});
  const button = h("button", {}, "Send feed");
  const stop = h("button", { type: "button", class: "quiet" }, "Cancel");
  const supplier = h("input", { name: "supplier", required: true, maxlength: 255, autocomplete: "off" });
  const file = h("input", { name: "file", type: "file", required: true, accept: ACCEPTED });

  async function submit(event) {
    event.preventDefault();
    const leaving = new AbortController();
    stop.onclick = () => leaving.abort();
    await attempt(button, fault, async () => {
      const feed = await send(file.files[0], supplier.value, AbortSignal.any([signal, leaving.signal]));
      announce(`${count(feed.offers_count, "offer")} of ${feed.supplier} were kept.`);
      await again();
      refocus("adding");
    });
    show(progress);
  }

  function send(chosen, from, cancelled) {
    if (chosen.size > MOST) throw new RangeError("A feed may have 64 MiB. Pack it with gzip, or send it in parts.");
    const bar = h("progress", { max: 1, value: 0, "aria-label": "Sending" });
    const words = h("p", {}, "Sending…");
    const gone = (part) => {
      bar.value = part;
      words.textContent = `${Math.floor(100 * part)} % sent…`;
      if (part < 1) return;
      bar.removeAttribute("value");
      words.textContent = "All of it is sent. Its rows are being read…";
      announce(words.textContent);
    };
    show(progress, h("div", { class: "progress" }, bar, words, h("div", { class: "actions" }, stop)));
    announce("The feed is being sent.");
    return upload("/supplier-feeds", { supplier: from }, chosen, described(chosen.name), { gone, signal: cancelled });
  }

  return h("details", { class: "card adding", open },
    h("summary", { "data-focus": "adding" }, "Send a feed"),
    h("p", { class: "faint" }, "CSV with a header, JSON or JSON lines, plain or as .gz: up to 64 MiB. ",
      "A title and a price are needed; currency, brand, gtin, sku and url help."),
    fault.element,
    h("form", { class: "fields pair", onsubmit: submit },
      field("Supplier", supplier), field("File", file), button),
    progress);
}

/** Tell what a file is by its name: browsers know few of these types. */
function described(name) {
  const endings = name.toLowerCase().split(".");
  const packed = endings.at(-1) === "gz";
  const ending = endings.at(packed ? -2 : -1);
  return {
    "Content-Type": TYPES[ending] ?? "application/octet-stream",
    ...(packed ? { "Content-Encoding": "gzip" } : {}),
  };
}
