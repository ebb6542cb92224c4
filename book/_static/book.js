// What scrolls sideways can be reached by keyboard and has a name; long names break at a dot; paper shows
// what is folded.

const SCROLLING = ".math.scrolls, .bd-article pre, .pst-scrollable-table-container, .cell_output";

const name = (box) => {
  if (box.matches(".math")) return "Equation, scrolls sideways";
  return box.querySelector("table") ? "Table, scrolls sideways" : "Code, scrolls sideways";
};

const mark = (box) => {
  if (box.scrollWidth > box.clientWidth + 1) {
    box.tabIndex = 0;
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", name(box));
  } else if (box.getAttribute("role") === "region") {
    ["tabindex", "role", "aria-label"].forEach((key) => box.removeAttribute(key));
  }
};

const watcher = new ResizeObserver((entries) => entries.forEach(({ target }) => mark(target)));
document.querySelectorAll(SCROLLING).forEach((box) => watcher.observe(box));

document.querySelectorAll(":is(h1, .bd-sidebar-primary, .prev-next-area) .pre").forEach((box) => {
  const parts = box.textContent.match(/[^._]*[._]?/g);
  box.replaceChildren(...parts.flatMap((part) => [part, document.createElement("wbr")]));
});

addEventListener("beforeprint", () => {
  document.querySelectorAll("details:not([open])").forEach((box) => {
    box.open = true;
    box.dataset.printed = "";
  });
});

addEventListener("afterprint", () => {
  document.querySelectorAll("details[data-printed]").forEach((box) => {
    box.open = false;
    delete box.dataset.printed;
  });
});
