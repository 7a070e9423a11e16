// What changes something on the server: asked once more before it is done, and told how it ended.
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useId, useRef } from "preact/hooks";
import { Problem } from "./api";
import { announce } from "./ui";

/** What a person is told of a failure. */
export function told(error: unknown): string {
    return error instanceof Problem && error.kind === "missing"
        ? "this server cannot do it"
        : error instanceof Error
          ? error.message
          : String(error);
}

interface ConfirmedProps {
    /** On the button that asks. */
    name: string;
    /** What is told of the button where its name alone is not enough. */
    label?: string;
    title: string;
    /** What will follow. */
    children: ComponentChildren;
    isDanger?: boolean;
    isQuiet?: boolean;
    act: (reason: string) => Promise<unknown>;
    /** What is said when it is done. */
    done: string;
    onDone: () => void;
    asksReason?: boolean;
}

export function Confirmed({
    name,
    label,
    title,
    children,
    isDanger = false,
    isQuiet = true,
    act,
    done,
    onDone,
    asksReason = true,
}: ConfirmedProps) {
    const dialog = useRef<HTMLDialogElement>(null);
    const heading = useId();
    const reason = useSignal("");
    const fault = useSignal("");
    const isBusy = useSignal(false);
    const confirm = async (event: Event): Promise<void> => {
        event.preventDefault();
        isBusy.value = true;
        try {
            await act(reason.value);
            dialog.current?.close();
            announce(done);
            onDone();
        } catch (error) {
            fault.value = told(error);
        } finally {
            isBusy.value = false;
        }
    };
    return (
        <>
            <button
                type="button"
                class={isQuiet ? "quiet small" : "small"}
                aria-label={label}
                onClick={() => {
                    reason.value = "";
                    fault.value = "";
                    dialog.current!.showModal();
                }}
            >
                {name}
            </button>
            <dialog ref={dialog} aria-labelledby={heading}>
                <form onSubmit={confirm}>
                    <h2 id={heading}>{title}</h2>
                    <div>{children}</div>
                    {asksReason && (
                        <label class="field">
                            <span>Reason, for the history (may stay empty)</span>
                            <input
                                type="text"
                                maxLength={500}
                                value={reason.value}
                                onInput={(event) => {
                                    reason.value = event.currentTarget.value;
                                }}
                            />
                        </label>
                    )}
                    {fault.value !== "" && (
                        <p class="state broken" role="alert">
                            Not done: {fault.value}
                        </p>
                    )}
                    <div class="row apart">
                        <button type="button" class="quiet" onClick={() => dialog.current!.close()}>
                            Leave it
                        </button>
                        <button type="submit" class={isDanger ? "danger" : undefined} disabled={isBusy.value}>
                            {name}
                        </button>
                    </div>
                </form>
            </dialog>
        </>
    );
}
