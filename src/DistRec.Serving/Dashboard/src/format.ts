// Numbers and times as people read them.

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const moments = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });
const nothing = "–";

export const count = (value: number | null | undefined) => (value == null ? nothing : whole.format(value));

export const decimal = (value: number | null | undefined, digits = 4) =>
    value == null || !Number.isFinite(value) ? nothing : value.toFixed(digits).replace("-", "−");

export const signed = (value: number, digits = 3) => (value < 0 ? "−" : "+") + Math.abs(value).toFixed(digits);

export const percent = (value: number | null | undefined, digits = 1) => (value == null ? nothing : `${decimal(value * 100, digits)} %`);

export const moment = (value: string | null | undefined) => (value == null ? nothing : moments.format(new Date(value)));

export function duration(seconds: number | null | undefined): string {
    if (seconds == null) {
        return nothing;
    }

    if (seconds < 60) {
        return seconds < 1 ? `${Math.round(1000 * seconds)} ms` : `${seconds.toFixed(1)} s`;
    }

    const [size, unit, part, name]: [number, string, number, string] =
        seconds >= 86_400 ? [86_400, "d", 3_600, "h"] : seconds >= 3_600 ? [3_600, "h", 60, "min"] : [60, "min", 1, "s"];
    const rest = Math.floor((seconds % size) / part);
    return `${Math.floor(seconds / size)} ${unit}${rest > 0 ? ` ${rest} ${name}` : ""}`;
}

export const milliseconds = (value: number | null | undefined) => (value == null ? nothing : `${value.toPrecision(value < 1 ? 2 : 3)} ms`);

export const plural = (n: number, one: string, many = `${one}s`) => `${count(n)} ${n === 1 ? one : many}`;

export const titleOf = (item: { item: string; title: string | null }) => item.title ?? item.item;

/** `biasRegularization` as "bias regularization". */
export const words = (name: string) => name.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();

/** `testRmse` as "test RMSE", `ndcgAt10` as "NDCG@10". */
export const metricName = (name: string) =>
    words(name)
        .replace(/ at(\d+)/, "@$1")
        .replace(/\b(rmse|mae|ndcg|map|auc|mrr)\b/, (word) => word.toUpperCase());
