/** A bindable property of a component, for a class that reads and sets it. */
export interface Bound<T> {
  get(): T
  set(value: T): void
}
