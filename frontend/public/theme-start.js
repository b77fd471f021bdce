// Runs before the first paint, so that a remembered theme never flashes the other one.
(() => {
  let kept = null;
  try {
    kept = localStorage.getItem("ntkscope.theme");
  } catch {
    // Storage may be switched off: the system's theme holds.
  }
  const dark = kept ? kept === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = dark ? "dark" : "light";
})();
