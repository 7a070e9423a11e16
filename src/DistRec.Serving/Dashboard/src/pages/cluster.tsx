import { type Cluster, getCluster } from "../api";
import { count, plural } from "../format";
import { useResource } from "../resource";
import { Badge, Panel, Shown, Table } from "../ui";

const isUp = (state: string) => ["up", "ready", "healthy"].includes(state.toLowerCase());

export function ClusterPage() {
    const cluster = useResource(getCluster, [], { everySeconds: 5 });
    return (
        <Shown of={cluster} what="the cluster" tall>
            {(now) => (
                <>
                    <Health of={now} />
                    <Nodes of={now} />
                    <Partitions of={now} />
                </>
            )}
        </Shown>
    );
}

function Health({ of: { nodes, partitions } }: { of: Cluster }) {
    const down = nodes.filter((node) => !isUp(node.state));
    const homeless = partitions.count - partitions.hosted.reduce((sum, one) => sum + one.count, 0);
    return (
        <ul class="health" aria-label="Health">
            <li>
                {nodes.length === 0 ? (
                    <>
                        <Badge kind="warn">no nodes</Badge> This server stands alone.
                    </>
                ) : down.length === 0 ? (
                    <>
                        <Badge kind="good">well</Badge> {nodes.length === 1 ? "The node is up." : `All ${nodes.length} nodes are up.`}
                    </>
                ) : (
                    <>
                        <Badge kind="bad">attention</Badge> {down.map((node) => `${node.id} is ${node.state}`).join(", ")}.
                    </>
                )}
            </li>
            <li>
                {homeless <= 0 ? (
                    <>
                        <Badge kind="good">well</Badge> Every user's partition has a node.
                    </>
                ) : (
                    <>
                        <Badge kind="bad">attention</Badge> {plural(homeless, "partition")} of users on no node: their new ratings wait.
                    </>
                )}
            </li>
        </ul>
    );
}

function Nodes({ of: { nodes, version } }: { of: Cluster }) {
    return (
        <Panel title="Nodes" aside={<span class="note">release {version}</span>}>
            {nodes.length === 0 ? (
                <div class="state">
                    <p>No node is in a cluster with this server.</p>
                </div>
            ) : (
                <Table
                    caption="Nodes"
                    isCaptionHidden
                    rows={nodes}
                    keyOf={(node) => node.id}
                    columns={[
                        { name: "Node", cell: (node) => node.id },
                        { name: "Role", cell: (node) => node.role.replaceAll(",", ", "), isExtra: true },
                        { name: "State", cell: (node) => <Badge kind={isUp(node.state) ? "good" : "bad"}>{node.state}</Badge> },
                        { name: "Address", cell: (node) => <code>{node.address}</code>, isExtra: true },
                        { name: "Threads", cell: (node) => count(node.threads), isNumber: true, isExtra: true },
                        {
                            name: "Release",
                            cell: (node) =>
                                node.version === version ? node.version : <Badge kind="warn">{node.version ?? "unknown"}</Badge>,
                            isExtra: true,
                        },
                        {
                            name: "Shards",
                            cell: (node) =>
                                node.shards.length === 0 ? (
                                    "none"
                                ) : (
                                    <details>
                                        <summary>{plural(node.shards.length, "shard")}</summary>
                                        {node.shards.join(", ")}
                                    </details>
                                ),
                        },
                    ]}
                />
            )}
        </Panel>
    );
}

function Partitions({ of: { partitions } }: { of: Cluster }) {
    return (
        <Panel title="Partitions of users" aside={<span class="note">{plural(partitions.count, "partition")} in all</span>}>
            {partitions.hosted.length === 0 ? (
                <div class="state">
                    <p>No node hosts partitions of users.</p>
                </div>
            ) : (
                <Table
                    caption="How many partitions each node hosts"
                    rows={partitions.hosted}
                    keyOf={(one) => one.node}
                    columns={[
                        { name: "Node", cell: (one) => one.node },
                        { name: "Partitions", cell: (one) => count(one.count), isNumber: true },
                        {
                            name: <span class="hidden">As a bar</span>,
                            cell: (one) => (
                                <span class="bar-share" aria-hidden="true">
                                    <i style={{ width: `${(100 * one.count) / Math.max(1, partitions.count)}%` }} />
                                </span>
                            ),
                        },
                    ]}
                />
            )}
        </Panel>
    );
}
