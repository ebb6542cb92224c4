// A click on a plot, or a drag with the mouse, chooses a place. Touch drags stay the page's own: they scroll.

/** Tell act(x, y) of the places of a plot on [-reach, reach] squared that are pointed at. */
export function pointing({ picture, x, y }, reach, act) {
  const point = ({ clientX, clientY }) => {
    const { left, top, width } = picture.getBoundingClientRect();
    const zoom = picture.viewBox.baseVal.width / width;
    const place = [x.invert((clientX - left) * zoom), y.invert((clientY - top) * zoom)];
    if (place.every((value) => Math.abs(value) <= reach)) act(...place.map(rounded));
  };
  picture.classList.add("lab-target");
  picture.addEventListener("click", point);
  picture.addEventListener("pointermove", (event) => {
    if (event.pointerType === "mouse" && event.buttons === 1) point(event);
  });
}

function rounded(value) {
  return Number(value.toFixed(2));
}
