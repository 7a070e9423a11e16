using DistRec.Actors.Cluster;
using DistRec.Actors.Cluster.Security;
using DistRec.Node.Client;
using DistRec.Node.Hosting;
using DistRec.Training.Jobs;
using DistRec.Training.Protocol;

namespace DistRec.Cluster.Tests;

/// <summary>What a test's cluster is like.</summary>
internal sealed record ClusterSettings
{
    /// <summary>
    /// A node that is silent for so long counts as lost. Processes that are killed are missed earlier, by their connections; a busy
    /// machine may well hold up a live one for longer than the two seconds that are usual.
    /// </summary>
    public TimeSpan Detection { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Where the nodes are.</summary>
    public INodePlaces Places { get; init; } = new LoopbackPlaces();

    /// <summary>What the nodes' actors run on.</summary>
    public NodeEngine Engine { get; init; } = NodeEngine.Standalone;

    /// <summary>The certificate that every node shows where blocks and the API are served, and the test to them; null for HTTP.</summary>
    public TlsOptions? Tls { get; init; }

    /// <summary>What is added to the command of every node, given its role.</summary>
    public Func<string, IReadOnlyList<string>> Options { get; init; } = _ => [];

    /// <summary>What is added to the environment of every node.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <summary>The seed's store; null for a folder of the cluster's own.</summary>
    public string? Store { get; init; }

    /// <summary>The seed's journal; null for a file of the cluster's own.</summary>
    public string? Journal { get; init; }

    /// <summary>The folder of the seed's program; null for the one under test.</summary>
    public string? SeedRelease { get; init; }
}

/// <summary>A seed and workers in processes of their own, with a secret and a folder that are gone afterwards.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    private const string Secret = "a secret of the tests and of nobody else";

    /// <summary>How long a job may take; it ends broken tests alone.</summary>
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(300);

    private static int _jobs;

    private readonly ClusterSettings _settings;
    private readonly string _folder = Directory.CreateTempSubdirectory("distrec-cluster-").FullName;
    private readonly Lock _gate = new();
    private readonly List<NodeProcess> _workers = [];
    private readonly List<NodeProcess> _gone = [];
    private readonly string[] _everywhere;
    private readonly string[] _akkaSeed;
    private NodePlace _seedPlace;

    private TestCluster(ClusterSettings settings)
    {
        _settings = settings;
        _seedPlace = settings.Places.Next();

        // Other nodes have to know the port of Akka.NET's own connections before the seed could tell it.
        bool isAkka = settings.Engine == NodeEngine.Akka;
        _akkaSeed = isAkka ? [$"127.0.0.1:{LoopbackPlaces.FreePort()}"] : [];
        _everywhere =
        [
            .. isAkka ? ["--engine", "akka"] : new[] { "--detection-ms", $"{settings.Detection.TotalMilliseconds:0}" },
            .. settings.Tls is { } tls ? OptionsOf(tls) : [],
        ];
    }

    public NodeProcess Seed { get; private set; } = null!;

    /// <summary>The workers that were not killed.</summary>
    public IReadOnlyList<NodeProcess> Workers
    {
        get
        {
            lock (_gate)
            {
                return [.. _workers];
            }
        }
    }

    /// <summary>What a worker's command line says where it listens on any port of the loopback.</summary>
    public IReadOnlyList<string> WorkerOptions => OptionsOf(new LoopbackPlaces().Next());

    /// <summary>What the command line of a worker on Akka.NET says at least.</summary>
    public IReadOnlyList<string> AkkaJoin =>
        ["--role", "worker", "--engine", "akka", "--join", _akkaSeed.Single(), "--listen", "127.0.0.1:0"];

    public static async Task<TestCluster> StartAsync(int workers, ClusterSettings? settings = null)
    {
        TestCluster cluster = new(settings ?? new ClusterSettings());
        try
        {
            await cluster.StartSeedAsync();
            for (int worker = 0; worker < workers; worker++)
            {
                await cluster.StartWorkerAsync();
            }

            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public static IReadOnlyDictionary<string, string> WithSecret(string secret = Secret) => new Dictionary<string, string> { ["DISTREC_SECRET"] = secret };

    public async Task<NodeProcess> StartWorkerAsync()
    {
        NodePlace place = _settings.Places.Next();
        NodeProcess worker = await NodeProcess.StartAsync(new NodeStart(OptionsOf(place), Variables) { Namespace = place.Namespace });
        lock (_gate)
        {
            _workers.Add(worker);
        }

        return worker;
    }

    /// <summary>Kills a worker and forgets it.</summary>
    public Task KillWorkerAsync(int worker)
    {
        NodeProcess node;
        lock (_gate)
        {
            node = _workers[worker];
            _workers.RemoveAt(worker);
            _gone.Add(node);
        }

        return node.KillAsync();
    }

    /// <summary>Kills the seed and starts it again where it was, with what is on its disk.</summary>
    public async Task RestartSeedAsync()
    {
        await KillSeedAsync();
        await StartSeedAsync();
    }

    /// <summary>Kills every process at once and starts all again, with what is on the seed's disk.</summary>
    public async Task RestartAllAsync()
    {
        int workers = Workers.Count;
        await Task.WhenAll(Workers.Select(_ => KillWorkerAsync(0)).Append(KillSeedAsync()).ToArray());
        await StartSeedAsync();
        await Task.WhenAll(Enumerable.Range(0, workers).Select(_ => StartWorkerAsync()));
    }

    public ClusterClient Client() => new(Seed.Address, ClusterSecret.FromText(Secret), new ClusterClientOptions { Tls = _settings.Tls });

    /// <summary>What a command line says of certificates.</summary>
    public static string[] OptionsOf(TlsOptions tls) =>
        ["--tls-certificate", tls.CertificateFile, "--tls-key", tls.KeyFile, "--tls-authority", tls.AuthorityFile];

    /// <summary>Trains a job; it must end within the bound, however.</summary>
    /// <param name="data">The ratings.</param>
    /// <param name="settings">The job.</param>
    /// <param name="onEvent">Told every event; what it does holds nothing up.</param>
    /// <param name="id">The job's name; null for a new one.</param>
    public async Task<TrainingOutcome> TrainAsync(TrainingData data, TrainingSettings settings, Action<JobEvent>? onEvent = null, string? id = null)
    {
        using ClusterClient client = Client();
        using CancellationTokenSource late = new(Bound);
        ClusterTraining training = new(client, new ClusterTrainingOptions { Job = id ?? NewJob() });
        TrainingOutcome outcome = await training.RunAsync(data, settings, onEvent is null ? null : new Listener(onEvent), late.Token);
        late.IsCancellationRequested.ShouldBeFalse($"the job did not end within {Bound}:\n{Seed.Log}");
        return outcome;
    }

    /// <summary>A name that no job has yet.</summary>
    public static string NewJob() => $"job-{Interlocked.Increment(ref _jobs)}";

    public async ValueTask DisposeAsync()
    {
        foreach (NodeProcess node in Workers.Concat(_gone).Append(Seed).Where(node => node is not null))
        {
            await node.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private Task KillSeedAsync()
    {
        lock (_gate)
        {
            _gone.Add(Seed);
        }

        return Seed.KillAsync();
    }

    private async Task StartSeedAsync()
    {
        string[] options =
        [
            "--role", "seed", .. _seedPlace.Options, .. _everywhere, .. _akkaSeed.SelectMany(akka => new[] { "--akka-listen", akka }),
            .. _settings.Options("seed"), "--store", _settings.Store ?? Path.Combine(_folder, "store"), "--journal", _settings.Journal ?? Path.Combine(_folder, "jobs.db"),
        ];
        Seed = await NodeProcess.StartAsync(new NodeStart(options, Variables) { Namespace = _seedPlace.Namespace, Release = _settings.SeedRelease });
        if (_seedPlace.Advertise is null)
        {
            // Started again it is where it was.
            _seedPlace = _seedPlace with { Listen = Seed.Address.Authority };
        }
    }

    private Dictionary<string, string> Variables => new(_settings.Variables.Concat(WithSecret()));

    private string[] OptionsOf(NodePlace place) =>
        ["--role", "worker", "--join", _akkaSeed.SingleOrDefault(Seed.Address.Authority), "--threads", "1", .. place.Options, .. _everywhere, .. _settings.Options("worker")];

    private sealed class Listener(Action<JobEvent> onEvent) : IProgress<JobEvent>
    {
        public void Report(JobEvent value) => onEvent(value);
    }
}
