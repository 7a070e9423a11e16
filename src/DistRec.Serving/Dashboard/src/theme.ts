// Light, dark, or whatever the system has.
import { signal } from "@preact/signals";

const themeName = "distrec-theme";

export const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

export const theme = signal<Theme>(themes.find((one) => one === localStorage.getItem(themeName)) ?? "system");
/** Counts up whenever colours change: what draws by itself draws anew. */
export const colours = signal(0);

theme.subscribe((chosen) => {
    if (chosen === "system") {
        delete document.documentElement.dataset["theme"];
        localStorage.removeItem(themeName);
    } else {
        document.documentElement.dataset["theme"] = chosen;
        localStorage.setItem(themeName, chosen);
    }

    colours.value = colours.peek() + 1;
});

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => colours.value++);

/** A colour of the theme, such as `accent`, as a canvas understands it. */
export function colour(name: string): string {
    const probe = document.body.appendChild(document.createElement("i"));
    probe.style.color = `var(--${name})`;
    const found = getComputedStyle(probe).color;
    probe.remove();
    return found;
}
