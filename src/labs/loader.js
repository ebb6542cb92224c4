// Labs start when they come near the screen: until then this is all the page loads for them.

const MARGIN = "600px";

const start = async (figure) => {
  try {
    const { mount } = await import("./host.js");
    await mount(figure);
  } catch (error) {
    figure.querySelector(".lab-note").textContent =
      "The live experiment could not start in this browser; the picture stays.";
    console.info(`lab ${figure.dataset.lab}: ${error}`);
  }
};

const near = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      start(target);
    }
  },
  { rootMargin: MARGIN },
);
document.querySelectorAll("figure.lab").forEach((figure) => near.observe(figure));
