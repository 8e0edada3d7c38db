/** Who may come in, and by which mechanisms. Where there are no users everybody may. */
export interface Users {
  readonly required: boolean;
  readonly mechanisms: readonly string[];
}
