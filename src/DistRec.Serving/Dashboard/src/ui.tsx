// Parts that all pages are made of.
import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { Resource } from "./resource";

/** What was said last to those who do not see the page change. */
export const announcement = signal("");

export function announce(text: string): void {
    // The same words once more are news again.
    announcement.value = announcement.peek() === text ? `${text}\u00a0` : text;
}

export function Panel({
    title,
    aside,
    children,
    id,
}: {
    title: string;
    aside?: ComponentChildren;
    children: ComponentChildren;
    id?: string;
}) {
    const heading = useId();
    return (
        <section class="panel" aria-labelledby={heading} id={id}>
            <header>
                <h2 id={heading}>{title}</h2>
                {aside}
            </header>
            {children}
        </section>
    );
}

interface ShownProps<T> {
    of: Resource<T>;
    /** What it is, in the plural or as a mass: "the models". */
    what: string;
    isEmpty?: (value: T) => boolean;
    empty?: ComponentChildren;
    /** Whether its place is tall, so that what follows stays where it is when the answer comes. */
    tall?: boolean;
    children: (value: T) => ComponentChildren;
}

/** What was asked for, or in its place what is known instead: that it is on its way, that there is none, or why there is no answer. */
export function Shown<T>({ of, what, isEmpty, empty, tall = false, children }: ShownProps<T>) {
    const value = of.value.value;
    const problem = of.problem.value;
    const size = tall ? "state tall" : "state";
    if (value !== undefined && (problem === undefined || problem.kind === "unreachable")) {
        return isEmpty?.(value) ? <div class={size}>{empty}</div> : <>{children(value)}</>;
    }

    if (problem?.kind === "missing") {
        return (
            <div class={size}>
                <p>This server does not have {what}: the part of the API that it comes from is not there.</p>
            </div>
        );
    }

    if (problem !== undefined) {
        return (
            <div class={`${size} broken`} role="alert">
                <p>
                    <strong>
                        No {what.replace(/^the /, "")} to show: {problem.title}.
                    </strong>{" "}
                    {sentence(problem.detail)}
                </p>
                <button class="quiet small" type="button" onClick={of.reload}>
                    Try again
                </button>
            </div>
        );
    }

    return (
        <div class={size} aria-busy="true">
            <p>Loading {what} …</p>
        </div>
    );
}

export const sentence = (text: string) => (text === "" ? "" : `${text[0]!.toUpperCase()}${text.slice(1)}.`);

/** Scrolls sideways where it must, and is then within the keyboard's reach. */
export function Scroll({ label, children }: { label: string; children: ComponentChildren }) {
    const box = useRef<HTMLDivElement>(null);
    const [isWide, setWide] = useState(false);
    useEffect(() => {
        const element = box.current!;
        const observer = new ResizeObserver(() => setWide(element.scrollWidth > element.clientWidth + 1));
        observer.observe(element);
        observer.observe(element.firstElementChild!);
        return () => observer.disconnect();
    }, []);
    return (
        <div class="scroll" ref={box} {...(isWide ? { tabIndex: 0, role: "region", "aria-label": label } : {})}>
            {children}
        </div>
    );
}

export interface Column<T> {
    name: ComponentChildren;
    cell: (row: T) => ComponentChildren;
    isNumber?: boolean;
    /** Left out where the screen is narrow. */
    isExtra?: boolean;
}

interface TableProps<T> {
    caption: string;
    columns: Column<T>[];
    rows: readonly T[];
    keyOf: (row: T) => string | number;
    /** What a row shows below itself. */
    below?: (row: T) => ComponentChildren;
    foot?: ComponentChildren;
    isCaptionHidden?: boolean;
    /** The column that names the row. */
    named?: number;
}

export function Table<T>({ caption, columns, rows, keyOf, below, foot, isCaptionHidden = false, named = 0 }: TableProps<T>) {
    const classOf = ({ isNumber, isExtra }: Column<T>) => [isNumber && "number", isExtra && "wide"].filter(Boolean).join(" ") || undefined;
    return (
        <Scroll label={caption}>
            <table>
                <caption class={isCaptionHidden ? "hidden" : undefined}>{caption}</caption>
                <thead>
                    <tr>
                        {columns.map((column, index) => (
                            <th key={index} scope="col" class={classOf(column)}>
                                {column.name}
                            </th>
                        ))}
                    </tr>
                </thead>
                <tbody>
                    {rows.flatMap((row) => {
                        const more = below?.(row);
                        return [
                            <tr key={keyOf(row)}>
                                {columns.map((column, index) =>
                                    index === named ? (
                                        <th key={index} scope="row" class={classOf(column)}>
                                            {column.cell(row)}
                                        </th>
                                    ) : (
                                        <td key={index} class={classOf(column)}>
                                            {column.cell(row)}
                                        </td>
                                    ),
                                )}
                            </tr>,
                            more ? (
                                <tr key={`${keyOf(row)} below`} class="opened">
                                    <td colSpan={columns.length}>{more}</td>
                                </tr>
                            ) : null,
                        ];
                    })}
                </tbody>
                {foot}
            </table>
        </Scroll>
    );
}

export function Badge({ kind = "", children }: { kind?: "good" | "bad" | "warn" | "accent" | ""; children: ComponentChildren }) {
    return <span class={`badge ${kind}`}>{children}</span>;
}

export function Figures({ of, isSmall = false }: { of: [name: string, value: ComponentChildren][]; isSmall?: boolean }) {
    return (
        <dl class={isSmall ? "figures small" : "figures"}>
            {of.map(([name, value]) => (
                <div key={name}>
                    <dt>{name}</dt>
                    <dd>{value}</dd>
                </div>
            ))}
        </dl>
    );
}

/** A bar from the middle, as wide as a share from −1 to 1; the number beside it says the same. */
export function SignedBar({ share }: { share: number }) {
    const width = `${Math.min(1, Math.abs(share)) * 50}%`;
    return (
        <span class="signed" aria-hidden="true">
            <i class={share < 0 ? "minus" : undefined} style={share < 0 ? { right: "50%", width } : { left: "50%", width }} />
        </span>
    );
}
