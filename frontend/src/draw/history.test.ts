import { expect, it } from "vitest";
import { begun, changed, redone, undone } from "./history";

it("goes back step by step, and forward again", () => {
  let history = [1, 2, 3].reduce((all, now) => changed(all, now), begun(0));
  history = undone(undone(history));
  expect([history.now, history.future]).toEqual([1, [2, 3]]);
  expect(redone(history).now).toBe(2);
  expect(redone(redone(redone(history))).now).toBe(3);
  expect(undone(undone(history)).now).toBe(0);
});

it("forgets what was undone once there is another change", () => {
  const history = changed(undone(changed(begun("a"), "b")), "c");
  expect([history.now, redone(history).now, undone(history).now]).toEqual(["c", "c", "a"]);
});

it("takes back changes of one kind together, until another came between", () => {
  let history = begun(0);
  for (const now of [1, 2, 3]) history = changed(history, now, "nudge 4");
  expect(undone(history).now).toBe(0);
  history = changed(changed(history, 4, "nudge 5"), 5, "nudge 5");
  expect(undone(history).now).toBe(3);
  expect(changed(undone(history), 9, "nudge 4").past).toEqual([0, 3]); // what was undone was none of it
});
