/** Before the next frame is painted; in a hidden tab, where none is, soon. */
export function beforePaint(act: () => void): void {
  let done = false;
  const once = () => {
    if (done) return;
    done = true;
    clearTimeout(timer);
    act();
  };
  const timer = setTimeout(once, 100);
  requestAnimationFrame(once);
}
