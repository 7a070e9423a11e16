using DistRec.Cluster.Client;

namespace DistRec.Cli.Verbs;

/// <summary><c>distrec cancel</c>: a job should stop.</summary>
internal sealed class CancelVerb : JobWordVerb
{
    public override string Name => "cancel";

    public override string Summary => "Stops a job of a cluster; what its finished epochs have learned stays";

    public override IReadOnlyList<(string Line, string Purpose)> Examples { get; } =
        [("distrec cancel 20260131-184205-3fa91c --cluster http://10.0.0.1:7400", "the job ends as cancelled")];

    protected override Task SayAsync(ClusterClient client, string job, CancellationToken cancellationToken) => client.CancelAsync(job, cancellationToken);

    protected override object Answer(string job) => new { job, cancelRequested = true };

    protected override string Told(string job) => $"job {job} is told to stop";
}
