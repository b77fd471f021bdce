/** What of the page is shown, by its address: `?view=present` on a projector, `?hide=form,header` in a frame of another page. */

export interface Frame {
  /** Larger type, and nothing to set up. */
  present: boolean;
  form: boolean;
  header: boolean;
}

export function frameOf(search: string): Frame {
  const query = new URLSearchParams(search);
  const present = query.get("view") === "present";
  const hidden = query.getAll("hide").flatMap((names) => names.split(","));
  return { present, form: !present && !hidden.includes("form"), header: !present && !hidden.includes("header") };
}
