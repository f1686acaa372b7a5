/**
 * Streamlit mounts a component anew whenever its data changes, without waiting for the
 * mount before. One that was overtaken must neither draw older data over newer, nor clean up what
 * now is another's: Streamlit calls its clean-up as soon as it has it.
 */
export class Turns {
  #newest = new WeakMap();

  /**
   * Begin a mount in an element.
   *
   * @returns {() => boolean} whether no other has begun there since.
   */
  begin(parentElement) {
    const turn = Symbol("turn");
    this.#newest.set(parentElement, turn);
    return () => this.#newest.get(parentElement) === turn;
  }
}
