import { type Arm, type Experiment, getExperiments, type Interval, stopExperiment } from "../api";
import { Confirmed } from "../action";
import { count, decimal, moment, percent, signed } from "../format";
import { useResource } from "../resource";
import { Badge, type Column, Panel, Shown, Table } from "../ui";

export function ExperimentsPage() {
    const experiments = useResource(getExperiments, [], { everySeconds: 10 });
    return (
        <Shown
            of={experiments}
            what="the experiments"
            tall
            isEmpty={({ experiments }) => experiments.length === 0}
            empty={
                <p>
                    No experiment was started yet: the active version answers everybody. The <a href="docs">API</a> starts one.
                </p>
            }
        >
            {(found) => found.experiments.map((one) => <Details key={one.name} of={one} onChange={experiments.reload} />)}
        </Shown>
    );
}

function Details({ of: one, onChange }: { of: Experiment; onChange: () => void }) {
    const isRunning = one.ended === null;
    return (
        <Panel
            title={one.name}
            aside={
                <span class="row">
                    <Badge kind={isRunning ? "accent" : ""}>{one.state}</Badge>
                    {isRunning && (
                        <Confirmed
                            name="Stop"
                            label={`Stop ${one.name}`}
                            title={`Stop ${one.name}?`}
                            isDanger
                            act={(reason) => stopExperiment(one.name, reason)}
                            done={`${one.name} is stopped`}
                            onDone={onChange}
                        >
                            <p>From the next request on the active version answers everybody. What was counted stays.</p>
                        </Confirmed>
                    )}
                </span>
            }
        >
            <p class="note">
                Chooses by {one.policy}, since {moment(one.created)}
                {one.ended !== null && `, until ${moment(one.ended)}`}
                {one.why !== null && `: ${one.why}`}
            </p>
            <Arms of={one.arms} />
            <Verdict of={one} />
        </Panel>
    );
}

function Arms({ of: arms }: { of: Arm[] }) {
    const highest = Math.max(...arms.map((arm) => arm.ctr?.high ?? 0), 1e-9);
    const columns: Column<Arm>[] = [
        {
            name: "Arm",
            cell: (arm) => (
                <>
                    {arm.name}
                    <small>
                        {arm.model} version {arm.version}
                    </small>
                </>
            ),
        },
        { name: "Propensity", cell: (arm) => decimal(arm.weight, 3), isNumber: true },
        { name: "Share", cell: (arm) => percent(arm.share), isNumber: true, isExtra: true },
        { name: "Impressions", cell: (arm) => count(arm.impressions), isNumber: true, isExtra: true },
        { name: "Clicks", cell: (arm) => count(arm.clicks), isNumber: true, isExtra: true },
        { name: "Click rate", cell: (arm) => <Rate of={arm.ctr} />, isNumber: true },
        { name: <span class="hidden">As a bar</span>, cell: (arm) => <IntervalBar of={arm.ctr} highest={highest} />, isExtra: true },
        { name: "View rate", cell: (arm) => <Rate of={arm.vtr} />, isNumber: true, isExtra: true },
        { name: "Conversions", cell: (arm) => count(arm.conversions), isNumber: true, isExtra: true },
        { name: "Conversion rate", cell: (arm) => <Rate of={arm.cvr} />, isNumber: true, isExtra: true },
        { name: "Regret", cell: (arm) => decimal(arm.regret, 1), isNumber: true },
    ];
    return <Table caption="Rates with their 95 % intervals; regret in clicks" rows={arms} keyOf={(arm) => arm.name} columns={columns} />;
}

function Rate({ of }: { of: Interval | null }) {
    return of === null ? (
        <>–</>
    ) : (
        <>
            {percent(of.value, 2)}
            <small>
                {percent(of.low, 2).replace(" %", "")} to {percent(of.high, 2)}
            </small>
        </>
    );
}

function IntervalBar({ of, highest }: { of: Interval | null; highest: number }) {
    const at = (value: number) => `${(100 * value) / highest}%`;
    return (
        of && (
            <span class="interval" aria-hidden="true">
                <i style={{ left: at(of.low), width: at(of.high - of.low) }} />
                <b style={{ left: at(of.value) }} />
            </span>
        )
    );
}

function Verdict({ of: { test, sequential } }: { of: Experiment }) {
    if (test === null && sequential === null) {
        return <p class="note">Too few impressions for a test yet.</p>;
    }

    const isClear = test !== null && (test.low > 0 || test.high < 0);
    return (
        <ul class="health" aria-label="Result of the test">
            {test && (
                <li>
                    <Badge kind={isClear ? "good" : ""}>{isClear ? "they differ" : "no clear difference"}</Badge> The click rates differ by{" "}
                    {signed(test.difference * 100, 2)} percentage points (95 % interval {signed(test.low * 100, 2)} to{" "}
                    {signed(test.high * 100, 2)}), p = {decimal(test.pValue, 3)}. It is meant for one look, at the end.
                </li>
            )}
            {sequential && (
                <li>
                    <Badge kind={sequential.eValue >= 1 / sequential.alpha ? "good" : ""}>{sequential.decision}</Badge> The sequential test,
                    which may be looked at whenever one likes, has an e-value of {decimal(sequential.eValue, 1)}; it decides at{" "}
                    {decimal(1 / sequential.alpha, 0)}.
                </li>
            )}
        </ul>
    );
}
