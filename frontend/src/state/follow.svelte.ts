/** What the Lab's pages do as their state changes, whichever of them is shown. */
import { untrack } from "svelte";
import type { PageState } from "./page.svelte";

/** To be called while a page is made: ends with it. */
export function follow(page: PageState): void {
  $effect(() => {
    void page.lab.version;
    page.grown();
  });
  $effect(() => {
    void page.address.hash;
    page.address.write();
  });
  $effect(() => {
    const form = page.form;
    if (!form) return;
    if (form.valid && !page.watchesOnly) page.preview.ask(form.runConfig);
    else page.preview.suspend();
  });
  $effect(() => {
    void page.rehearsed;
    untrack(() => page.foreseen());
  });
  $effect(() => {
    const problem = page.preview.problem;
    untrack(() => page.refuse(problem));
  });
  $effect(() => {
    if (page.preview.answer && !page.preview.problem) untrack(() => page.reached());
  });
  $effect(() => {
    page.playhead.reducedMotion = page.surroundings.reducedMotion;
  });
}
