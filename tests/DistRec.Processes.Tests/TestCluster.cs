using DistRec.Cluster.Client;
using DistRec.Cluster.Security;
using DistRec.Training.Jobs;
using DistRec.Training.Protocol;

namespace DistRec.Processes.Tests;

/// <summary>What a test's cluster is like.</summary>
internal sealed record ClusterSettings
{
    /// <summary>How many coordinators there are; several need a store and a journal that they share.</summary>
    public int Coordinators { get; init; } = 1;

    /// <summary>Where the nodes are.</summary>
    public INodePlaces Places { get; init; } = new LoopbackPlaces();

    /// <summary>How long the split-brain resolver waits, so that tests need not wait ten seconds.</summary>
    public TimeSpan StableAfter { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The certificate that every node shows, and the test to them; null for connections in the clear.</summary>
    public TlsOptions? Tls { get; init; }

    /// <summary>What is added to the environment of every node.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <summary>The coordinators' store; null for a folder of the cluster's own.</summary>
    public string? Store { get; init; }

    /// <summary>The coordinators' journal; null for a file of the cluster's own.</summary>
    public string? Journal { get; init; }
}

/// <summary>Coordinators and workers in processes of their own, with a secret and a folder that are gone afterwards.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    private const string Secret = "a secret of the tests and of nobody else";

    /// <summary>How long a job may take; it ends broken tests alone.</summary>
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(180);

    private static int _jobs;

    private readonly ClusterSettings _settings;
    private readonly string _folder = Directory.CreateTempSubdirectory("distrec-cluster-").FullName;
    private readonly NodePlace[] _coordinatorPlaces;
    private readonly string _akkaConfig;
    private readonly Lock _gate = new();
    private readonly NodeProcess[] _coordinators;
    private readonly List<NodeProcess> _workers = [];
    private readonly List<NodeProcess> _starting = [];
    private readonly List<NodeProcess> _gone = [];

    private TestCluster(ClusterSettings settings)
    {
        _settings = settings;
        _coordinatorPlaces = [.. Enumerable.Range(0, settings.Coordinators).Select(_ => settings.Places.Next())];
        _coordinators = new NodeProcess[settings.Coordinators];
        _akkaConfig = Path.Combine(_folder, "akka.conf");
        File.WriteAllText(_akkaConfig, $"akka.cluster.split-brain-resolver.stable-after = {settings.StableAfter.TotalMilliseconds:0} ms\n");
    }

    /// <summary>The first coordinator, which forms the cluster.</summary>
    public NodeProcess Coordinator => _coordinators[0];

    /// <summary>The coordinators in their order.</summary>
    public IReadOnlyList<NodeProcess> Coordinators => _coordinators;

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

    /// <summary>What the command line of a worker on any ports of the loopback says at least.</summary>
    public IReadOnlyList<string> JoinOptions => ["--role", "worker", "--join", Join, "--threads", "1", "--listen", "127.0.0.1:0"];

    public static async Task<TestCluster> StartAsync(int workers, ClusterSettings? settings = null)
    {
        TestCluster cluster = new(settings ?? new ClusterSettings());
        try
        {
            await Task.WhenAll(Enumerable.Range(0, cluster._coordinators.Length).Select(cluster.StartCoordinatorAsync));
            await cluster.StartWorkersAsync(workers);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public static IReadOnlyDictionary<string, string> WithSecret(string secret = Secret) => new Dictionary<string, string> { ["DISTREC_SECRET"] = secret };

    /// <summary>Starts workers at once; they are up when this returns.</summary>
    public async Task StartWorkersAsync(int count)
    {
        NodeProcess[] workers = [.. Enumerable.Range(0, count).Select(_ => _settings.Places.Next()).Select(place => NodeProcess.Launch(
            new NodeStart(["--role", "worker", "--join", Join, .. OptionsOf(place)], Variables) { Namespace = place.Namespace }))];
        lock (_gate)
        {
            _starting.AddRange(workers);
        }

        await Task.WhenAll(workers.Select(worker => worker.ReadyAsync()));
        lock (_gate)
        {
            _starting.RemoveAll(workers.Contains);
            _workers.AddRange(workers);
        }
    }

    /// <summary>Kills a worker and forgets it.</summary>
    public Task KillWorkerAsync(int worker) => TakeWorker(worker).KillAsync();

    /// <summary>Stops a worker in good order and forgets it.</summary>
    /// <returns>Its exit code.</returns>
    public Task<int> TerminateWorkerAsync(int worker) => TakeWorker(worker).TerminateAsync();

    /// <summary>Kills a coordinator, whose place stays.</summary>
    public Task KillCoordinatorAsync(int coordinator = 0)
    {
        lock (_gate)
        {
            _gone.Add(_coordinators[coordinator]);
        }

        return _coordinators[coordinator].KillAsync();
    }

    /// <summary>Kills the coordinator and starts it again where it was, with what is on its disk.</summary>
    public async Task RestartCoordinatorAsync()
    {
        await KillCoordinatorAsync();
        await StartCoordinatorAsync(0);
    }

    /// <summary>Kills every process at once and starts all again, with what is on the coordinator's disk.</summary>
    public async Task RestartAllAsync()
    {
        int workers = Workers.Count;
        await Task.WhenAll(Workers.Select(_ => KillWorkerAsync(0)).Append(KillCoordinatorAsync()).ToArray());
        await StartCoordinatorAsync(0);
        await StartWorkersAsync(workers);
    }

    /// <summary>Starts a coordinator at its place.</summary>
    public async Task StartCoordinatorAsync(int coordinator)
    {
        NodePlace place = _coordinatorPlaces[coordinator];
        string[] options =
        [
            "--role", "coordinator", .. _settings.Coordinators > 1 ? new[] { "--join", Join } : [], .. OptionsOf(place),
            "--store", _settings.Store ?? Path.Combine(_folder, "store"), "--journal", _settings.Journal ?? Path.Combine(_folder, "jobs.db"),
        ];
        _coordinators[coordinator] = NodeProcess.Launch(new NodeStart(options, Variables) { Namespace = place.Namespace });
        await _coordinators[coordinator].ReadyAsync();
    }

    /// <summary>Calls a coordinator.</summary>
    public ClusterClient Client(int coordinator = 0) =>
        new(Coordinators[coordinator].Address, ClusterSecret.FromText(Secret), new ClusterClientOptions { Tls = _settings.Tls });

    /// <summary>What a command line says of certificates.</summary>
    public static string[] OptionsOf(TlsOptions tls) =>
        ["--tls-certificate", tls.CertificateFile, "--tls-key", tls.KeyFile, "--tls-authority", tls.AuthorityFile];

    /// <summary>Trains a job; it must end within the bound, however.</summary>
    /// <param name="data">The ratings.</param>
    /// <param name="settings">The job.</param>
    /// <param name="onEvent">Told every event; what it does holds nothing up.</param>
    /// <param name="id">The job's name; null for a new one.</param>
    /// <param name="coordinator">Whom the test asks.</param>
    public async Task<TrainingOutcome> TrainAsync(
        TrainingData data, TrainingSettings settings, Action<JobEvent>? onEvent = null, string? id = null, int coordinator = 0)
    {
        using ClusterClient client = Client(coordinator);
        using CancellationTokenSource late = new(Bound);
        ClusterTraining training = new(client, new ClusterTrainingOptions { Job = id ?? NewJob() });
        TrainingOutcome outcome = await training.RunAsync(data, settings, onEvent is null ? null : new Listener(onEvent), late.Token);
        late.IsCancellationRequested.ShouldBeFalse($"the job did not end within {Bound}:\n{Coordinators[coordinator].Log}");
        return outcome;
    }

    /// <summary>What the journal notes of a job.</summary>
    public async Task<IReadOnlyList<string>> NotesAsync(string job)
    {
        using ClusterClient client = Client();
        return [.. (await client.EventsAsync(job, 0)).Events.Where(jobEvent => jobEvent.Note is not null).Select(jobEvent => jobEvent.Note.Text)];
    }

    /// <summary>A name that no job has yet.</summary>
    public static string NewJob() => $"job-{Interlocked.Increment(ref _jobs)}";

    public async ValueTask DisposeAsync()
    {
        // What joins last is still to be heard of.
        foreach (NodeProcess node in _starting.Concat(_workers).Concat(_gone).Concat(_coordinators).Where(node => node is not null).Distinct())
        {
            await node.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>The coordinators, as others join them.</summary>
    public string Join => string.Join(',', _coordinatorPlaces.Select(place => place.Join));

    private Dictionary<string, string> Variables => new(_settings.Variables.Concat(WithSecret()));

    private string[] OptionsOf(NodePlace place) =>
        ["--threads", "1", "--akka-config", _akkaConfig, .. place.Options, .. _settings.Tls is { } tls ? OptionsOf(tls) : []];

    private NodeProcess TakeWorker(int worker)
    {
        lock (_gate)
        {
            NodeProcess node = _workers[worker];
            _workers.RemoveAt(worker);
            _gone.Add(node);
            return node;
        }
    }

    private sealed class Listener(Action<JobEvent> onEvent) : IProgress<JobEvent>
    {
        public void Report(JobEvent value) => onEvent(value);
    }
}
