/** A member of a list; the list keeps both fields, nobody else writes them. */
export interface Linked<Item> {
  next: Item | undefined
  previous: Item | undefined
}

/** First in, first out, with O(1) removal from anywhere: the links are in the items. An item is in one list at most. */
export class LinkedList<Item extends Linked<Item>> {
  #first: Item | undefined
  #last: Item | undefined

  get first(): Item | undefined {
    return this.#first
  }

  append(item: Item): void {
    item.previous = this.#last
    item.next = undefined
    if (this.#last === undefined) this.#first = item
    else this.#last.next = item
    this.#last = item
  }

  /** The item must be in this list. */
  remove(item: Item): void {
    if (item.previous === undefined) this.#first = item.next
    else item.previous.next = item.next
    if (item.next === undefined) this.#last = item.previous
    else item.next.previous = item.previous
    item.next = undefined
    item.previous = undefined
  }
}
