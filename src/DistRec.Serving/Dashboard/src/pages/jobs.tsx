import { useSignal } from "@preact/signals";
import { getCatalogue, getJobs, type JobSummary, submitJob } from "../api";
import { told } from "../action";
import { decimal, duration, moment } from "../format";
import { useResource } from "../resource";
import { go, href, route } from "../router";
import { Badge, Panel, Shown, Table } from "../ui";
import { JobView } from "./job";

export const hasEnded = (state: string) => ["completed", "failed", "cancelled"].includes(state);

export function JobState({ state }: { state: string }) {
    const kind = state === "completed" ? "good" : state === "failed" ? "bad" : state === "cancelled" ? "" : "accent";
    return <Badge kind={kind}>{state}</Badge>;
}

/** Seconds that a job has run, until now if it still does. */
export function secondsOf({ started, ended }: JobSummary): number | null {
    return started === null ? null : ((ended === null ? Date.now() : Date.parse(ended)) - Date.parse(started)) / 1000;
}

export function JobsPage() {
    const id = route.value[1];
    return id === undefined ? <Jobs /> : <JobView key={id} id={id} />;
}

function Jobs() {
    const jobs = useResource(getJobs, [], { everySeconds: 5 });
    return (
        <>
            <Panel title="All jobs">
                <Shown
                    of={jobs}
                    what="the jobs"
                    tall
                    isEmpty={({ jobs }) => jobs.length === 0}
                    empty={<p>No job was submitted yet. The form below submits one.</p>}
                >
                    {({ jobs }) => (
                        <Table
                            caption="The last submitted first"
                            isCaptionHidden
                            rows={jobs}
                            keyOf={(job) => job.id}
                            columns={[
                                { name: "Job", cell: (job) => <a href={href("jobs", job.id)}>{job.name || job.id}</a> },
                                { name: "Model", cell: (job) => job.model },
                                { name: "State", cell: (job) => <JobState state={job.state} /> },
                                {
                                    name: "Epoch",
                                    cell: (job) => (job.epoch === 0 ? "–" : `${job.epoch} of ${job.epochs}`),
                                    isNumber: true,
                                },
                                { name: "Validation RMSE", cell: (job) => decimal(job.validationRmse), isNumber: true, isExtra: true },
                                { name: "Submitted", cell: (job) => moment(job.submitted), isExtra: true },
                                { name: "Runs for", cell: (job) => duration(secondsOf(job)), isNumber: true, isExtra: true },
                            ]}
                        />
                    )}
                </Shown>
            </Panel>
            {jobs.value.value && <Submit />}
        </>
    );
}

function Submit() {
    const fault = useSignal("");
    const catalogue = useResource(getCatalogue, []);
    const submit = async (event: SubmitEvent): Promise<void> => {
        event.preventDefault();
        const given = new FormData(event.currentTarget as HTMLFormElement);
        const text = (name: string) => String(given.get(name) ?? "").trim();
        const options = Object.fromEntries(
            ["rank", "epochs", "regularization"].filter((name) => text(name) !== "").map((name) => [name, Number(text(name))]),
        );
        try {
            const job = await submitJob({
                ...(text("model") === "" ? {} : { model: text("model") }),
                data: text("data"),
                ...(text("name") === "" ? {} : { name: text("name") }),
                options,
            });
            go("jobs", job.id);
        } catch (error) {
            fault.value = told(error);
        }
    };
    return (
        <Panel title="Submit a job">
            <form onSubmit={submit}>
                <div class="form">
                    <label class="field">
                        <span>Model</span>
                        <select name="model">
                            {catalogue.value.value?.models.map((model) => (
                                <option key={model.name} value={model.name} title={model.summary}>
                                    {model.name}
                                </option>
                            ))}
                        </select>
                    </label>
                    <label class="field">
                        <span>Data (a name, or a path on the server)</span>
                        <input type="text" name="data" required maxLength={500} placeholder="ml-latest-small" />
                    </label>
                    <label class="field">
                        <span>Name (may stay empty)</span>
                        <input type="text" name="name" maxLength={100} />
                    </label>
                    <label class="field">
                        <span>Rank</span>
                        <input type="number" name="rank" min="1" max="1024" placeholder="the model's" />
                    </label>
                    <label class="field">
                        <span>Epochs at most</span>
                        <input type="number" name="epochs" min="1" max="10000" placeholder="the model's" />
                    </label>
                    <label class="field">
                        <span>Regularization</span>
                        <input type="number" name="regularization" min="0" step="any" placeholder="the model's" />
                    </label>
                </div>
                {fault.value !== "" && (
                    <p class="state broken" role="alert">
                        Not submitted: {fault.value}
                    </p>
                )}
                <button type="submit">Submit</button>
            </form>
        </Panel>
    );
}
