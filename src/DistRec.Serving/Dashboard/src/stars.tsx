import type { RatingScale } from "./api";

/** The scale where the server does not tell it. */
export const usualScale: RatingScale = { minimum: 0.5, maximum: 5 };

interface StarsProps {
    label: string;
    scale: RatingScale;
    /** Null where nothing is given yet. */
    value: number | null;
    onChange: (value: number) => void;
    id?: string;
}

/** A rating as stars: a slider under the arrow keys and the pointer. */
export function Stars({ label, scale: { minimum, maximum }, value, onChange, id }: StarsProps) {
    const step = Number.isInteger(minimum) ? 1 : 0.5;
    // Stars count from nothing, where the scale begins just above it.
    const base = minimum > 0 && minimum < maximum / 2 ? 0 : minimum;
    const shareOf = (rating: number) => `${(100 * (rating - base)) / (maximum - base)}%`;
    const middle = minimum + step * Math.round((maximum - minimum) / step / 2);
    const change = (event: Event) => onChange(Number((event.currentTarget as HTMLInputElement).value));
    return (
        <span class="stars">
            <span class="glyphs" style={{ "--share": value === null ? "0%" : shareOf(value), "--from": shareOf(minimum) }}>
                <span aria-hidden="true">★★★★★</span>
                <input
                    type="range"
                    id={id}
                    aria-label={label}
                    aria-valuetext={value === null ? "not rated" : `${value} of ${maximum}`}
                    min={minimum}
                    max={maximum}
                    step={step}
                    value={value ?? middle}
                    onInput={change}
                    onClick={change}
                />
            </span>
            <output aria-hidden="true">{value === null ? "" : `${value}`}</output>
        </span>
    );
}
