// Something that is asked of the server, and asked again: what is known of it, and why no more is.
import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { key, Problem } from "./api";

export interface Resource<T> {
    /** The last answer; undefined before the first. */
    value: Signal<T | undefined>;
    /** Why the last question has no answer. */
    problem: Signal<Problem | undefined>;
    isLoading: Signal<boolean>;
    /** Asks again. */
    reload: () => void;
}

export interface Asking<T> {
    /** How often to ask again by itself. */
    everySeconds?: number;
    /** Whether an answer is the last one. */
    until?: (value: T) => boolean;
    /** Whether the answer to another question stays until the new one is there. */
    keep?: boolean;
}

/** Asks now, and whenever what the question depends on or the key is another; null asks nothing. */
export function useResource<T>(
    ask: ((signal: AbortSignal) => Promise<T>) | null,
    on: readonly unknown[],
    { everySeconds = 0, until, keep = false }: Asking<T> = {},
): Resource<T> {
    const value = useSignal<T>();
    const problem = useSignal<Problem>();
    const isLoading = useSignal(ask !== null);
    const turn = useSignal(0);
    const asked = JSON.stringify(on);
    const question = useRef("");

    useEffect(() => {
        if (!keep && question.current !== asked) {
            value.value = undefined;
        }

        question.current = asked;
        problem.value = undefined;
        if (ask === null) {
            value.value = undefined;
            isLoading.value = false;
            return;
        }

        const control = new AbortController();
        let timer = 0;
        const run = async (): Promise<void> => {
            isLoading.value = true;
            try {
                const answer = await ask(control.signal);
                if (control.signal.aborted) {
                    return;
                }

                value.value = answer;
                problem.value = undefined;
            } catch (error) {
                if (control.signal.aborted) {
                    return;
                }

                problem.value = error instanceof Problem ? error : new Problem("refused", "the answer cannot be read", String(error));
            }

            isLoading.value = false;
            const isEnough = value.value !== undefined && until?.(value.value);
            if (everySeconds > 0 && !isEnough && problem.value?.kind !== "missing" && problem.value?.kind !== "locked") {
                timer = setTimeout(next, everySeconds * 1000);
            }
        };
        // A page that nobody looks at asks nothing.
        const next = () => {
            if (document.hidden) {
                document.addEventListener("visibilitychange", next, { once: true });
            } else {
                void run();
            }
        };
        void run();
        return () => {
            control.abort();
            clearTimeout(timer);
            document.removeEventListener("visibilitychange", next);
        };
    }, [asked, turn.value, key.value, ask === null]);

    return { value, problem, isLoading, reload: () => turn.value++ };
}
