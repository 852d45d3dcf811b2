
// Shows the values of a moment under the pointer or, with the arrow keys, under the focus. The page is whole without it.
for (const chart of document.querySelectorAll(".chart")) {
  const data = JSON.parse(chart.querySelector("script").textContent);
  const plot = chart.querySelector(".plot");
  const cursor = chart.querySelector(".cursor");
  const tip = chart.querySelector(".tip");
  let index = -1;

  const clock = (seconds) => {
    const whole = Math.floor(seconds);
    return Math.floor(whole / 60) + ":" + String(whole % 60).padStart(2, "0");
  };
  const line = (tag, text) => {
    const element = document.createElement(tag);
    element.textContent = text;
    return element;
  };
  const valueAt = (curve, at) => {
    for (let i = at; i >= 0 && i > at - 60; i--) {
      if (curve.values[i] !== "") return curve.values[i];
    }
    return "–";
  };
  const show = (next) => {
    index = Math.max(0, Math.min(data.at.length - 1, next));
    const share = data.at[index] / data.end;
    cursor.style.left = 100 * share + "%";
    tip.style.left = share < 0.5 ? `calc(${100 * share}% + .6rem)` : "auto";
    tip.style.right = share < 0.5 ? "auto" : `calc(${100 * (1 - share)}% + .6rem)`;
    const lines = data.curves.map((curve) => line("span", `${curve.name} ${valueAt(curve, index)}`));
    tip.replaceChildren(line("b", clock(data.at[index])), ...lines);
    cursor.hidden = tip.hidden = false;
  };
  const hide = () => { cursor.hidden = tip.hidden = true; };
  const nearest = (at) => {
    let best = 0;
    data.at.forEach((value, i) => { if (Math.abs(value - at) < Math.abs(data.at[best] - at)) best = i; });
    return best;
  };

  plot.addEventListener("pointermove", (event) => {
    const box = plot.getBoundingClientRect();
    show(nearest((event.clientX - box.left) / box.width * data.end));
  });
  plot.addEventListener("pointerleave", hide);
  plot.addEventListener("blur", hide);
  plot.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10 }[event.key];
    if (step) { show(index + step); event.preventDefault(); }
    if (event.key === "Escape") hide();
  });
}
