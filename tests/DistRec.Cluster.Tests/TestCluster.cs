using System.Net;
using System.Net.Sockets;
using DistRec.Actors.Cluster.Security;
using DistRec.Node.Client;
using DistRec.Node.Hosting;
using DistRec.Training.Jobs;
using DistRec.Training.Protocol;

namespace DistRec.Cluster.Tests;

/// <summary>A seed and workers in processes of their own, on the loopback, with a secret and a folder that are gone afterwards.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    private const string Secret = "a secret of the tests and of nobody else";
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(100);
    private static int _jobs;

    private readonly string _folder = Directory.CreateTempSubdirectory("distrec-cluster-").FullName;
    private readonly List<NodeProcess> _gone = [];

    private readonly string[] _everywhere;
    private readonly string[] _seedOptions;
    private readonly string[] _join;

    private readonly IReadOnlyDictionary<string, string> _variables;

    private TestCluster(NodeEngine engine, IReadOnlyDictionary<string, string> variables)
    {
        _variables = variables;

        // Other nodes have to know the port of Akka.NET's own connections before the seed could tell it.
        string akka = $"127.0.0.1:{(engine == NodeEngine.Akka ? FreePort() : 0)}";
        _everywhere = engine == NodeEngine.Akka ? ["--engine", "akka"] : [];
        _seedOptions = engine == NodeEngine.Akka ? ["--akka-listen", akka] : [];
        _join = engine == NodeEngine.Akka ? ["--join", akka] : [];
    }

    public NodeProcess Seed { get; private set; } = null!;

    /// <summary>The workers that were not killed.</summary>
    public List<NodeProcess> Workers { get; } = [];

    public static async Task<TestCluster> StartAsync(
        int workers, IReadOnlyDictionary<string, string>? variables = null, NodeEngine engine = NodeEngine.Standalone)
    {
        TestCluster cluster = new(engine, new Dictionary<string, string>(variables ?? new Dictionary<string, string>()) { ["DISTREC_SECRET"] = Secret });
        await cluster.StartSeedAsync("127.0.0.1:0");
        for (int worker = 0; worker < workers; worker++)
        {
            await cluster.StartWorkerAsync();
        }

        return cluster;
    }

    public static IReadOnlyDictionary<string, string> WithSecret(string secret = Secret) => new Dictionary<string, string> { ["DISTREC_SECRET"] = secret };

    public async Task StartWorkerAsync() => Workers.Add(await NodeProcess.StartAsync(WorkerOptions, _variables));

    public IReadOnlyList<string> WorkerOptions =>
        ["--role", "worker", "--threads", "1", .. _everywhere, .. _join.Length > 0 ? _join : ["--join", Seed.Address.Authority]];

    /// <summary>Kills a worker and forgets it.</summary>
    public Task KillWorkerAsync(int worker)
    {
        NodeProcess node = Workers[worker];
        Workers.RemoveAt(worker);
        _gone.Add(node);
        return node.KillAsync();
    }

    /// <summary>Kills the seed and starts it again where it was, with what is on its disk.</summary>
    public async Task RestartSeedAsync()
    {
        await Seed.KillAsync();
        _gone.Add(Seed);
        await StartSeedAsync(Seed.Address.Authority);
    }

    public ClusterClient Client() => new(Seed.Address, ClusterSecret.FromText(Secret));

    /// <summary>Trains a job; it must end within the bound, however.</summary>
    /// <param name="data">The ratings.</param>
    /// <param name="settings">The job.</param>
    /// <param name="onEvent">Told every event; what it does holds nothing up.</param>
    public async Task<TrainingOutcome> TrainAsync(TrainingData data, TrainingSettings settings, Action<JobEvent>? onEvent = null)
    {
        using ClusterClient client = Client();
        using CancellationTokenSource late = new(Bound);
        ClusterTraining training = new(client, new ClusterTrainingOptions { Job = $"job-{Interlocked.Increment(ref _jobs)}" });
        TrainingOutcome outcome = await training.RunAsync(data, settings, onEvent is null ? null : new Listener(onEvent), late.Token);
        late.IsCancellationRequested.ShouldBeFalse($"the job did not end within {Bound}:\n{Seed.Log}");
        return outcome;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (NodeProcess node in Workers.Concat(_gone).Append(Seed))
        {
            await node.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task StartSeedAsync(string listen) => Seed = await NodeProcess.StartAsync(
        [.. _everywhere, .. _seedOptions, "--role", "seed", "--listen", listen, "--store", Path.Combine(_folder, "store"), "--journal", Path.Combine(_folder, "jobs.db")], _variables);

    private sealed class Listener(Action<JobEvent> onEvent) : IProgress<JobEvent>
    {
        public void Report(JobEvent value) => onEvent(value);
    }
}
