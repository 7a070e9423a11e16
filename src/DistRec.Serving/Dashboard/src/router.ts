// Pages are named by what follows the # of the address: it never reaches the server, so the dashboard works below any path of a proxy.
import { signal } from "@preact/signals";

/** The parts of the address, from the page on: ["query", "user", "42"]. */
export const route = signal<readonly string[]>(read());

addEventListener("hashchange", () => {
    route.value = read();
});

export function href(...parts: (string | number)[]): string {
    return `#/${parts.map(encodeURIComponent).join("/")}`;
}

export function go(...parts: (string | number)[]): void {
    location.hash = href(...parts);
}

function read(): string[] {
    return location.hash
        .replace(/^#\/?/, "")
        .split("/")
        .filter((part) => part !== "")
        .map((part) => {
            try {
                return decodeURIComponent(part);
            } catch {
                return part;
            }
        });
}
