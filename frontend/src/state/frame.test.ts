import { expect, it } from "vitest";
import { frameOf } from "./frame";

it.each([
  ["", { present: false, form: true, header: true }],
  ["?view=present", { present: true, form: false, header: false }],
  ["?hide=form,header", { present: false, form: false, header: false }],
  ["?hide=form&hide=other", { present: false, form: false, header: true }],
  ["?token=x&hide=header", { present: false, form: true, header: false }],
])("%s", (search, shown) => {
  expect(frameOf(search)).toEqual(shown);
});
