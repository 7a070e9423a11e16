// One job, and its curve as it grows.
import { useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { cancelJob, type Epoch, getJob, jobEvents, key, Problem } from "../api";
import { Confirmed } from "../action";
import { Chart } from "../chart";
import { count, decimal, duration, moment } from "../format";
import { useResource } from "../resource";
import { href } from "../router";
import { announce, Badge, Figures, Panel, Shown, Table } from "../ui";
import { hasEnded, JobState, secondsOf } from "./jobs";

// A stream that has been silent for longer than two heartbeats is broken.
const patienceMilliseconds = 40_000;
const longestPauseSeconds = 15;

type Watching = { kind: "off" | "connecting" | "live" } | { kind: "paused"; seconds: number };

export function JobView({ id }: { id: string }) {
    const job = useResource((signal) => getJob(id, signal), [id], { everySeconds: 10, until: (job) => hasEnded(job.state) });
    const heard = useSignal<readonly Epoch[]>([]);
    const state = useSignal<{ state: string; reason: string | null } | null>(null);
    const watching = useSignal<Watching>({ kind: "off" });
    const curve = useComputed(() => {
        const epochs = new Map([...(job.value.value?.curve ?? []), ...heard.value].map((epoch) => [epoch.epoch, epoch]));
        return [...epochs.values()].sort((one, other) => one.epoch - other.epoch);
    });
    const isRunning = useComputed(() => job.value.value !== undefined && !hasEnded(state.value?.state ?? job.value.value.state));

    useSignalEffect(() => {
        void key.value;
        if (!isRunning.value) {
            watching.value = { kind: "off" };
            return;
        }

        const control = new AbortController();
        void watch(id, control.signal, watching.peek().kind, {
            onEpoch: (epoch) => {
                heard.value = [...heard.peek(), epoch];
            },
            onState: (told) => {
                state.value = told;
                if (hasEnded(told.state)) {
                    announce(`Job ${id} is ${told.state}`);
                    job.reload();
                }
            },
            onWatching: (now) => {
                watching.value = now;
            },
            // What happened while nobody listened is in the job itself.
            onMissed: job.reload,
        });
        return () => control.abort();
    });

    return (
        <>
            <p>
                <a href={href("jobs")}>All jobs</a>
            </p>
            <Shown of={job} what="the job" tall>
                {(found) => {
                    const now = state.value ?? found;
                    return (
                        <Panel
                            title={found.name || `Job ${found.id}`}
                            aside={
                                <span class="row">
                                    <Watch of={watching.value} />
                                    <JobState state={now.state} />
                                    {!hasEnded(now.state) && (
                                        <Confirmed
                                            name="Cancel"
                                            label={`Cancel job ${id}`}
                                            title={`Cancel job ${id}?`}
                                            isDanger
                                            asksReason={false}
                                            act={() => cancelJob(id)}
                                            done={`Job ${id} is asked to end`}
                                            onDone={job.reload}
                                        >
                                            <p>It ends after the round it is in and leaves no model.</p>
                                        </Confirmed>
                                    )}
                                </span>
                            }
                        >
                            {now.reason && <p>{now.reason}</p>}
                            <Figures
                                isSmall
                                of={[
                                    ["Id", found.id],
                                    ["Model", found.model],
                                    [
                                        "Epoch",
                                        <>
                                            {count(curve.value.at(-1)?.epoch ?? found.epoch)} <small>of {found.epochs}</small>
                                        </>,
                                    ],
                                    ["Validation RMSE", decimal(curve.value.at(-1)?.validationRmse ?? found.validationRmse)],
                                    ["Submitted", moment(found.submitted)],
                                    ["Runs for", duration(secondsOf(found))],
                                ]}
                            />
                            <Curves of={curve.value} />
                        </Panel>
                    );
                }}
            </Shown>
        </>
    );
}

function Watch({ of }: { of: Watching }) {
    return of.kind === "live" ? (
        <Badge kind="good">live</Badge>
    ) : of.kind === "paused" ? (
        <Badge kind="warn">not live: connects again in {of.seconds} s</Badge>
    ) : of.kind === "connecting" ? (
        <Badge>connects</Badge>
    ) : null;
}

function Curves({ of: epochs }: { of: readonly Epoch[] }) {
    if (epochs.length === 0) {
        return (
            <div class="state tall">
                <p>The curve begins with the first epoch.</p>
            </div>
        );
    }

    const best = epochs.reduce((least, epoch) => ((epoch.validationRmse ?? Infinity) < (least.validationRmse ?? Infinity) ? epoch : least));
    return (
        <div class="columns two curve">
            <Chart
                label="RMSE by epoch, of training and of validation; the table beside has the numbers"
                digits={3}
                x={{ name: "Epoch", values: epochs.map((epoch) => epoch.epoch) }}
                curves={[
                    { name: "Training", colour: "accent", values: epochs.map((epoch) => epoch.trainRmse) },
                    { name: "Validation", colour: "second", dash: [6, 3], values: epochs.map((epoch) => epoch.validationRmse) },
                ]}
            />
            <div class="tall-table" tabIndex={0} role="region" aria-label="RMSE by epoch, as a table">
                <Table
                    caption="RMSE by epoch, the last one first"
                    rows={[...epochs].reverse()}
                    keyOf={(epoch) => epoch.epoch}
                    columns={[
                        {
                            name: "Epoch",
                            cell: (epoch) => (
                                <>
                                    {epoch.epoch} {epoch === best && <Badge kind="good">best</Badge>}
                                </>
                            ),
                        },
                        { name: "Training", cell: (epoch) => decimal(epoch.trainRmse), isNumber: true },
                        { name: "Validation", cell: (epoch) => decimal(epoch.validationRmse), isNumber: true },
                        { name: "Took", cell: (epoch) => duration(epoch.seconds), isNumber: true },
                    ]}
                />
            </div>
        </div>
    );
}

interface Hearing {
    onEpoch: (epoch: Epoch) => void;
    onState: (state: { state: string; reason: string | null }) => void;
    onWatching: (watching: Watching) => void;
    onMissed: () => void;
}

/** Listens until the job ends or nobody listens any more; where the stream breaks, again and again. */
async function watch(
    id: string,
    signal: AbortSignal,
    before: Watching["kind"],
    { onEpoch, onState, onWatching, onMissed }: Hearing,
): Promise<void> {
    let pause = 1;
    let isAgain = before === "paused";
    while (!signal.aborted) {
        onWatching({ kind: "connecting" });
        const silence = new AbortController();
        let timer = 0;
        const wait = () => {
            clearTimeout(timer);
            timer = setTimeout(() => silence.abort(), patienceMilliseconds);
        };
        try {
            wait();
            for await (const { name, data } of jobEvents(id, AbortSignal.any([signal, silence.signal]))) {
                wait();
                onWatching({ kind: "live" });
                pause = 1;
                if (isAgain) {
                    isAgain = false;
                    onMissed();
                }

                if (name === "epoch") {
                    onEpoch(JSON.parse(data) as Epoch);
                } else if (name === "state") {
                    onState(JSON.parse(data) as { state: string; reason: string | null });
                }
            }
        } catch (error) {
            if (error instanceof Problem && error.kind !== "unreachable") {
                onWatching({ kind: "off" });
                return;
            }
        } finally {
            clearTimeout(timer);
        }

        isAgain = true;
        for (let seconds = pause; seconds > 0 && !signal.aborted; seconds--) {
            onWatching({ kind: "paused", seconds });
            await new Promise((resolve) => setTimeout(resolve, 1000));
        }

        pause = Math.min(2 * pause, longestPauseSeconds);
    }
}
